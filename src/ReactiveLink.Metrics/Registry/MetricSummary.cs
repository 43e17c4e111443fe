namespace ReactiveLink.Metrics;

/// <summary>The figures of one window over a metric's values, all of the same instant. Figures of no values are NaN, sums and counts 0.</summary>
public readonly record struct MetricSummary
{
    /// <summary>The metric.</summary>
    public required Metric Metric { get; init; }

    /// <summary>The oldest time in the window.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>The time of the reading; values of exactly that time are in.</summary>
    public required DateTimeOffset End { get; init; }

    /// <summary>How many values.</summary>
    public required long Count { get; init; }

    /// <summary>Their sum.</summary>
    public required double Sum { get; init; }

    /// <summary>Their mean.</summary>
    public double Mean => Count == 0 ? double.NaN : Sum / Count;

    /// <summary>The smallest.</summary>
    public required double Min { get; init; }

    /// <summary>The largest.</summary>
    public required double Max { get; init; }

    /// <summary>The first.</summary>
    public required double First { get; init; }

    /// <summary>The last.</summary>
    public required double Last { get; init; }

    /// <summary>The sum per second of the window.</summary>
    public double PerSecond => Sum / (End - Start).TotalSeconds;

    /// <summary>The median.</summary>
    public required double P50 { get; init; }

    /// <summary>The 90th percentile.</summary>
    public required double P90 { get; init; }

    /// <summary>The 95th percentile.</summary>
    public required double P95 { get; init; }

    /// <summary>The 99th percentile.</summary>
    public required double P99 { get; init; }
}
