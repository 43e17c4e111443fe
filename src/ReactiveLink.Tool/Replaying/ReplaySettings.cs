namespace ReactiveLink.Tool.Replaying;

/// <summary>The arguments of <c>replay</c>.</summary>
internal sealed record ReplaySettings
{
    public required string File { get; init; }

    /// <summary>Infinity for no waiting.</summary>
    public double Speed { get; init; } = 1;

    public TimeSpan? MaximumGap { get; init; }

    public int? Port { get; init; }

    public string? To { get; init; }

    public FrameFormat Frame { get; init; } = FrameFormat.CrcSequenced;

    public IMessageCodec Codec { get; init; } = MessageCodecs.Json;
}
