using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ReactiveLink.Metrics.Registry;

/// <summary>What values come to: those of one cell, or of a metric. One thread at a time.</summary>
internal sealed class CellTotals(BucketBounds? bounds, QuantileSketch? sketch)
{
    private double _compensation;
    private double _sum;

    public long Count { get; private set; }

    public double Sum => double.IsFinite(_compensation) ? _sum + _compensation : _sum;

    public double Min { get; private set; } = double.PositiveInfinity;

    public double Max { get; private set; } = double.NegativeInfinity;

    public long[] Buckets { get; } = new long[bounds is null ? 0 : bounds.Count + 1];

    /// <summary>The values of a distribution, or null.</summary>
    public QuantileSketch? Sketch { get; } = sketch;

    /// <summary>Adds finite values.</summary>
    public void Add(ReadOnlySpan<double> values)
    {
        Count += values.Length;
        AddMoments(values);
        if (bounds is not null)
        {
            bounds.Distribute(values, Buckets);
            Sketch!.AddFinite(values);
        }
    }

    /// <summary>Adds what others come to.</summary>
    public void Add(CellTotals other)
    {
        Count += other.Count;
        Add(other._sum);
        _compensation += other._compensation;
        Min = Math.Min(Min, other.Min);
        Max = Math.Max(Max, other.Max);
        for (var i = 0; i < Buckets.Length; i++)
        {
            Buckets[i] += other.Buckets[i];
        }

        if (other.Sketch is not null)
        {
            Sketch?.Merge(other.Sketch);
        }
    }

    public void Clear()
    {
        Count = 0;
        _sum = 0;
        _compensation = 0;
        Min = double.PositiveInfinity;
        Max = double.NegativeInfinity;
        Array.Clear(Buckets);
        Sketch?.Clear();
    }

    /// <summary>Sums, four at a time, with the error of each addition (Knuth's two-sum), and the extremes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddMoments(ReadOnlySpan<double> values)
    {
        var i = 0;
        var (min, max) = (Min, Max);
        if (values.Length >= Vector256<double>.Count)
        {
            ref var first = ref MemoryMarshal.GetReference(values);
            var sums = Vector256<double>.Zero;
            var errors = Vector256<double>.Zero;
            var lowest = Vector256.Create(min);
            var highest = Vector256.Create(max);
            for (; i <= values.Length - Vector256<double>.Count; i += Vector256<double>.Count)
            {
                var some = Vector256.LoadUnsafe(ref first, (nuint)i);
                var total = sums + some;
                var part = total - sums;
                errors += (sums - (total - part)) + (some - part);
                sums = total;
                lowest = Vector256.ConditionalSelect(Vector256.LessThan(some, lowest), some, lowest);
                highest = Vector256.ConditionalSelect(Vector256.GreaterThan(some, highest), some, highest);
            }

            for (var lane = 0; lane < Vector256<double>.Count; lane++)
            {
                Add(sums[lane]);
                _compensation += errors[lane];
                min = Math.Min(min, lowest[lane]);
                max = Math.Max(max, highest[lane]);
            }
        }

        for (; i < values.Length; i++)
        {
            Add(values[i]);
            min = Math.Min(min, values[i]);
            max = Math.Max(max, values[i]);
        }

        Min = min;
        Max = max;
    }

    /// <summary>Neumaier's compensated sum.</summary>
    private void Add(double value)
    {
        var total = _sum + value;
        _compensation += Math.Abs(_sum) >= Math.Abs(value) ? _sum - total + value : value - total + _sum;
        _sum = total;
    }
}
