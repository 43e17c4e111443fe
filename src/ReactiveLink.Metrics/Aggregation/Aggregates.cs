namespace ReactiveLink.Metrics;

/// <summary>Which figures of a <see cref="WindowSummary"/> are kept. What is not kept costs nothing and reads as NaN. Count, first, last and rate always are.</summary>
[Flags]
public enum Aggregates
{
    /// <summary>Count, rate, first and last alone.</summary>
    None = 0,

    /// <summary><see cref="WindowSummary.Sum"/> and <see cref="WindowSummary.Mean"/>.</summary>
    Sum = 1,

    /// <summary><see cref="WindowSummary.Min"/> and <see cref="WindowSummary.Max"/>.</summary>
    Extremes = 2,

    /// <summary><see cref="WindowSummary.StandardDeviation"/> and <see cref="WindowSummary.Mean"/>.</summary>
    Deviation = 4,

    /// <summary>All of them.</summary>
    All = Sum | Extremes | Deviation,
}
