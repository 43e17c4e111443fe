using System.Collections.Immutable;
using ReactiveLink;
using ReactiveLink.Metrics;

namespace ControlLoop;

/// <summary>What a run came to.</summary>
internal sealed record LoopResult
{
    public required LoopSettings Settings { get; init; }

    public required ImmutableArray<LoopStep> Steps { get; init; }

    public required PlantCounts Counts { get; init; }

    /// <summary>Of the whole run, in milliseconds.</summary>
    public required QuantileSketch Latencies { get; init; }

    public required long MeasurementsSent { get; init; }

    public required long CommandsSent { get; init; }

    public required SequenceStatistics Telemetry { get; init; }

    public required SequenceStatistics Commands { get; init; }

    public required Diagnosis? Fall { get; init; }
}
