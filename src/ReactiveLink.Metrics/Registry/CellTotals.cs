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

    /// <summary>Sums, several at a time, with the error of each addition (Knuth's two-sum), and the extremes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddMoments(ReadOnlySpan<double> values)
    {
        ref var first = ref MemoryMarshal.GetReference(values);
        var i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            var (sums, errors) = (Vector512<double>.Zero, Vector512<double>.Zero);
            var (lowest, highest) = (Vector512.Create(double.PositiveInfinity), Vector512.Create(double.NegativeInfinity));
            for (; i <= values.Length - Vector512<double>.Count; i += Vector512<double>.Count)
            {
                var some = Vector512.LoadUnsafe(ref first, (nuint)i);
                var total = sums + some;
                var part = total - sums;
                errors += (sums - (total - part)) + (some - part);
                sums = total;
                lowest = Vector512.MinNative(lowest, some);
                highest = Vector512.MaxNative(highest, some);
            }

            Add(sums.GetLower(), errors.GetLower(), lowest.GetLower(), highest.GetLower());
            Add(sums.GetUpper(), errors.GetUpper(), lowest.GetUpper(), highest.GetUpper());
        }
        else
        {
            var (sums, errors) = (Vector256<double>.Zero, Vector256<double>.Zero);
            var (lowest, highest) = (Vector256.Create(double.PositiveInfinity), Vector256.Create(double.NegativeInfinity));
            for (; i <= values.Length - Vector256<double>.Count; i += Vector256<double>.Count)
            {
                var some = Vector256.LoadUnsafe(ref first, (nuint)i);
                var total = sums + some;
                var part = total - sums;
                errors += (sums - (total - part)) + (some - part);
                sums = total;
                lowest = Vector256.MinNative(lowest, some);
                highest = Vector256.MaxNative(highest, some);
            }

            Add(sums, errors, lowest, highest);
        }

        for (; i < values.Length; i++)
        {
            Add(values[i], 0, values[i], values[i]);
        }
    }

    private void Add(Vector256<double> sums, Vector256<double> errors, Vector256<double> lowest, Vector256<double> highest)
    {
        Add(sums.GetElement(0), errors.GetElement(0), lowest.GetElement(0), highest.GetElement(0));
        Add(sums.GetElement(1), errors.GetElement(1), lowest.GetElement(1), highest.GetElement(1));
        Add(sums.GetElement(2), errors.GetElement(2), lowest.GetElement(2), highest.GetElement(2));
        Add(sums.GetElement(3), errors.GetElement(3), lowest.GetElement(3), highest.GetElement(3));
    }

    private void Add(double sum, double error, double lowest, double highest)
    {
        Add(sum);
        _compensation += error;
        Min = lowest < Min ? lowest : Min;
        Max = highest > Max ? highest : Max;
    }

    /// <summary>Neumaier's compensated sum.</summary>
    private void Add(double value)
    {
        var total = _sum + value;
        _compensation += Math.Abs(_sum) >= Math.Abs(value) ? _sum - total + value : value - total + _sum;
        _sum = total;
    }
}
