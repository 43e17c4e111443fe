using ReactiveLink;

namespace Dashboard.Arguments;

/// <summary>What the command line asked for.</summary>
internal sealed record DashboardSettings
{
    /// <summary>Where to listen, or null for the simulated fleet.</summary>
    public string? Listen { get; init; }

    /// <summary>The frame of what is listened to.</summary>
    public FrameFormat Frame { get; init; } = FrameFormat.CrcSequenced;

    /// <summary>The codec of what is listened to.</summary>
    public IMessageCodec Codec { get; init; } = MessageCodecs.Json;

    /// <summary>After how long to end, or null for when it is told to.</summary>
    public TimeSpan? For { get; init; }

    /// <summary>What is for ASP.NET Core.</summary>
    public string[] HostArguments { get; init; } = [];
}
