namespace ReactiveLink.Metrics;

/// <summary>Which percentiles a <see cref="WindowSummary"/> can tell.</summary>
public enum PercentileMode
{
    /// <summary>None: no sketch is kept, and the percentiles read as NaN.</summary>
    None,

    /// <summary>P50, P90, P95 and P99, computed when the window is emitted; nothing is allocated for them.</summary>
    Standard,

    /// <summary>Any, by <see cref="WindowSummary.Percentile"/>: each summary carries its own copy of the window's sketch.</summary>
    OnDemand,
}
