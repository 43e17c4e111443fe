using System.Collections.Immutable;

namespace ReactiveLink.Tool.Listening;

/// <summary>How <c>listen</c> shows what it receives.</summary>
internal enum ListenOutput
{
    /// <summary>A table on a terminal, JSON lines otherwise.</summary>
    Automatic,

    /// <summary>JSON lines.</summary>
    JsonLines,

    /// <summary>A live table on a terminal, a line of text a second otherwise.</summary>
    Table,
}

/// <summary>The arguments of <c>listen</c>.</summary>
internal sealed record ListenSettings
{
    public required string Endpoint { get; init; }

    public FrameFormat Frame { get; init; } = FrameFormat.CrcSequenced;

    public IMessageCodec Codec { get; init; } = MessageCodecs.Json;

    public ImmutableArray<MulticastGroup> Groups { get; init; } = [];

    public long? Count { get; init; }

    public TimeSpan? Duration { get; init; }

    public TimeSpan? Idle { get; init; }

    public ListenOutput Output { get; init; }
}
