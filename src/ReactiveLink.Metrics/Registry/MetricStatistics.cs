namespace ReactiveLink.Metrics;

/// <summary>What a metric has taken and let go since it was registered or reset.</summary>
public sealed record MetricStatistics
{
    /// <summary>The metric's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its tags.</summary>
    public required MetricTags Tags { get; init; }

    /// <summary>Its type.</summary>
    public required MetricType Type { get; init; }

    /// <summary>Its value now: a counter's total, a gauge's last value, a rate per second, a distribution's last value. NaN if there is none.</summary>
    public required double Value { get; init; }

    /// <summary>Values taken.</summary>
    public required long Count { get; init; }

    /// <summary>Their sum.</summary>
    public required double Sum { get; init; }

    /// <summary>The smallest; NaN of none.</summary>
    public required double Min { get; init; }

    /// <summary>The largest; NaN of none.</summary>
    public required double Max { get; init; }

    /// <summary>Their mean; NaN of none.</summary>
    public double Average => Count == 0 ? double.NaN : Sum / Count;

    /// <summary>Values held now for windows.</summary>
    public required int Held { get; init; }

    /// <summary>Values let go because more than <see cref="MetricRegistryOptions.MaximumValues"/> came.</summary>
    public required long Evicted { get; init; }

    /// <summary>Values let go because they were older than <see cref="MetricRegistryOptions.Retention"/>.</summary>
    public required long Expired { get; init; }

    /// <summary>Values refused because they were NaN or infinite.</summary>
    public required long RefusedNotFinite { get; init; }

    /// <summary>Values refused because they were negative where that has no meaning (counter, rate, timer).</summary>
    public required long RefusedNegative { get; init; }

    /// <summary>Restarts of the source seen in its readings (counter, rate).</summary>
    public required long Resets { get; init; }

    /// <summary>Samples that slow subscribers missed.</summary>
    public required long MissedSamples { get; init; }

    /// <summary>Summaries that slow subscribers missed.</summary>
    public required long MissedSummaries { get; init; }

    /// <summary>When the last value was recorded; null if none is held.</summary>
    public required DateTimeOffset? LastAt { get; init; }
}
