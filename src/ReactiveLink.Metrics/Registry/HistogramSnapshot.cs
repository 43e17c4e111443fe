using System.Collections.Immutable;
using ReactiveLink.Metrics.Registry;

namespace ReactiveLink.Metrics;

/// <summary>A distribution since its start or last reset.</summary>
public sealed class HistogramSnapshot
{
    private readonly QuantileSketch _sketch;

    private HistogramSnapshot(CellTotals totals, BucketBounds bounds)
    {
        _sketch = totals.Sketch!;
        Count = totals.Count;
        Sum = totals.Sum;
        Min = totals.Count == 0 ? double.NaN : totals.Min;
        Max = totals.Count == 0 ? double.NaN : totals.Max;
        Bounds = [.. bounds.Values];
        Counts = [.. totals.Buckets];
    }

    /// <summary>How many values.</summary>
    public long Count { get; }

    /// <summary>Their sum.</summary>
    public double Sum { get; }

    /// <summary>The smallest; NaN of none.</summary>
    public double Min { get; }

    /// <summary>The largest; NaN of none.</summary>
    public double Max { get; }

    /// <summary>The upper bounds, each inclusive.</summary>
    public ImmutableArray<double> Bounds { get; }

    /// <summary>The values in each bucket alone; one more than there are bounds, the last for those above all. Their sum is <see cref="Count"/>.</summary>
    public ImmutableArray<long> Counts { get; }

    /// <summary>A quantile within <see cref="MetricRegistryOptions.RelativeAccuracy"/> of the value of rank ⌈q·n⌉; exact up to 64 values.</summary>
    /// <param name="q">Which: 0 to 1.</param>
    /// <returns>The quantile; NaN of none.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="q"/> is not from 0 to 1.</exception>
    public double Quantile(double q)
    {
        if (q is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(q), q, "Give a quantile from 0 to 1.");
        }

        // Reading a sketch may sort the few values that it still holds as they are.
        lock (_sketch)
        {
            return _sketch.Quantile(q);
        }
    }

    internal static HistogramSnapshot Of(Recorder recorder) => new(recorder.ReadTotals(), recorder.Bounds!);
}
