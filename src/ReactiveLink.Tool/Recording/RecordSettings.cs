using System.Collections.Immutable;

namespace ReactiveLink.Tool.Recording;

/// <summary>The arguments of <c>record</c>.</summary>
internal sealed record RecordSettings
{
    public required string Endpoint { get; init; }

    public required string Out { get; init; }

    public ImmutableArray<MulticastGroup> Groups { get; init; } = [];

    public long? Count { get; init; }

    public TimeSpan? Duration { get; init; }

    public TimeSpan? Idle { get; init; }
}
