namespace ReactiveLink.Metrics;

/// <summary>How the values of a window become one figure.</summary>
public enum Aggregation
{
    /// <summary>Their sum; 0 of none.</summary>
    Sum,

    /// <summary>Their mean; NaN of none.</summary>
    Average,

    /// <summary>The smallest; NaN of none.</summary>
    Min,

    /// <summary>The largest; NaN of none.</summary>
    Max,

    /// <summary>How many there are.</summary>
    Count,

    /// <summary>A percentile, within <see cref="MetricRegistryOptions.RelativeAccuracy"/> of the value at its rank (exact up to 64 values); NaN of none.</summary>
    Percentile,
}
