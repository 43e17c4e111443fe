using System.Collections.Immutable;
using ReactiveLink.Metrics.Registry;

namespace ReactiveLink.Metrics;

/// <summary>A distribution since its start or last reset.</summary>
public sealed class HistogramSnapshot
{
    private readonly LogLinearCounts _shape;

    private HistogramSnapshot(CellTotals totals, BucketBounds bounds)
    {
        _shape = totals.Shape!;
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

    /// <summary>A quantile within <see cref="Histogram.QuantileError"/> of the value at its rank.</summary>
    /// <param name="q">Which: 0 to 1.</param>
    /// <returns>The quantile; NaN of none.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="q"/> is not from 0 to 1.</exception>
    public double Quantile(double q)
    {
        if (q is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(q), q, "Give a quantile from 0 to 1.");
        }

        var rank = (long)(q * (Count - 1));
        long seen = 0;
        foreach (var (value, count) in _shape.InOrder())
        {
            seen += count;
            if (seen > rank)
            {
                return Math.Clamp(value, Min, Max);
            }
        }

        return double.NaN;
    }

    internal static HistogramSnapshot Of(Recorder recorder) => new(recorder.ReadTotals(shape: true), recorder.Bounds!);
}
