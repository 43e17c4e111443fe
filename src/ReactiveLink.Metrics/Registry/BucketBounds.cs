using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ReactiveLink.Metrics.Registry;

/// <summary>The upper bounds of a distribution's buckets, each inclusive, and the counting of values in them.</summary>
internal sealed class BucketBounds(double[] bounds)
{
    /// <summary>Up to here values are compared with every bound, many values at once; beyond, each is searched for.</summary>
    private const int Comparable = 16;

    /// <summary>Bounds that a value is compared with once it is loaded.</summary>
    private const int Together = 4;

    public int Count => bounds.Length;

    public ReadOnlySpan<double> Values => bounds;

    /// <summary>Counts each value in the bucket of the first bound that is not below it; the last bucket is above all bounds.</summary>
    public void Distribute(ReadOnlySpan<double> values, long[] counts)
    {
        var compared = bounds.Length > Comparable || !Vector256.IsHardwareAccelerated ? 0 : values.Length & -Vector512<double>.Count;
        if (compared > 0)
        {
            // Values above a bound, bounds by bounds: those between two bounds are the difference. Where bounds are missing, the last one is counted again, for nothing.
            var some = values[..compared];
            Span<long> above = stackalloc long[Together];
            long left = compared;
            for (var i = 0; i < bounds.Length; i += Together)
            {
                if (Vector512.IsHardwareAccelerated)
                {
                    CountAbove512(some, i, above);
                }
                else
                {
                    CountAbove256(some, i, above);
                }

                for (var j = 0; j < Together && i + j < bounds.Length; j++)
                {
                    counts[i + j] += left - above[j];
                    left = above[j];
                }
            }

            counts[bounds.Length] += left;
        }

        foreach (var value in values[compared..])
        {
            counts[IndexOf(value)]++;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CountAbove512(ReadOnlySpan<double> values, int from, Span<long> above)
    {
        ref var first = ref MemoryMarshal.GetReference(values);
        var (a, b, c, d) = (Vector512.Create(Bound(from)), Vector512.Create(Bound(from + 1)), Vector512.Create(Bound(from + 2)), Vector512.Create(Bound(from + 3)));
        var (countA, countB, countC, countD) = (Vector512<long>.Zero, Vector512<long>.Zero, Vector512<long>.Zero, Vector512<long>.Zero);
        for (var i = 0; i < values.Length; i += Vector512<double>.Count)
        {
            var some = Vector512.LoadUnsafe(ref first, (nuint)i);
            countA = Vector512.ConditionalSelect(Vector512.GreaterThan(some, a).AsInt64(), countA + Vector512<long>.One, countA);
            countB = Vector512.ConditionalSelect(Vector512.GreaterThan(some, b).AsInt64(), countB + Vector512<long>.One, countB);
            countC = Vector512.ConditionalSelect(Vector512.GreaterThan(some, c).AsInt64(), countC + Vector512<long>.One, countC);
            countD = Vector512.ConditionalSelect(Vector512.GreaterThan(some, d).AsInt64(), countD + Vector512<long>.One, countD);
        }

        (above[0], above[1], above[2], above[3]) = (Vector512.Sum(countA), Vector512.Sum(countB), Vector512.Sum(countC), Vector512.Sum(countD));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CountAbove256(ReadOnlySpan<double> values, int from, Span<long> above)
    {
        ref var first = ref MemoryMarshal.GetReference(values);
        var (a, b, c, d) = (Vector256.Create(Bound(from)), Vector256.Create(Bound(from + 1)), Vector256.Create(Bound(from + 2)), Vector256.Create(Bound(from + 3)));
        var (countA, countB, countC, countD) = (Vector256<long>.Zero, Vector256<long>.Zero, Vector256<long>.Zero, Vector256<long>.Zero);
        for (var i = 0; i < values.Length; i += Vector256<double>.Count)
        {
            var some = Vector256.LoadUnsafe(ref first, (nuint)i);
            countA -= Vector256.GreaterThan(some, a).AsInt64();
            countB -= Vector256.GreaterThan(some, b).AsInt64();
            countC -= Vector256.GreaterThan(some, c).AsInt64();
            countD -= Vector256.GreaterThan(some, d).AsInt64();
        }

        (above[0], above[1], above[2], above[3]) = (Vector256.Sum(countA), Vector256.Sum(countB), Vector256.Sum(countC), Vector256.Sum(countD));
    }

    private double Bound(int i) => bounds[Math.Min(i, bounds.Length - 1)];

    private int IndexOf(double value)
    {
        var low = 0;
        var high = bounds.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (bounds[middle] < value)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
