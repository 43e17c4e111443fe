using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ReactiveLink.Metrics.Registry;

/// <summary>The upper bounds of a distribution's buckets, each inclusive, and the counting of values in them.</summary>
internal sealed class BucketBounds(double[] bounds)
{
    /// <summary>Up to here values are compared with every bound, many values at once; beyond, each is searched for.</summary>
    private const int Comparable = 16;

    public int Count => bounds.Length;

    public ReadOnlySpan<double> Values => bounds;

    /// <summary>Counts each value in the bucket of the first bound that is not below it; the last bucket is above all bounds.</summary>
    public void Distribute(ReadOnlySpan<double> values, long[] counts)
    {
        if (!Vector256.IsHardwareAccelerated || bounds.Length > Comparable)
        {
            foreach (var value in values)
            {
                counts[IndexOf(value)]++;
            }

            return;
        }

        // Values above a bound, bound by bound: those between two bounds are the difference.
        long above = values.Length;
        for (var i = 0; i < bounds.Length; i++)
        {
            var next = CountAbove(values, bounds[i]);
            counts[i] += above - next;
            above = next;
        }

        counts[^1] += above;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long CountAbove(ReadOnlySpan<double> values, double bound)
    {
        ref var first = ref MemoryMarshal.GetReference(values);
        var i = 0;
        long count = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            var bounds = Vector512.Create(bound);
            var counts = Vector512<long>.Zero;
            for (; i <= values.Length - Vector512<double>.Count; i += Vector512<double>.Count)
            {
                counts -= Vector512.GreaterThan(Vector512.LoadUnsafe(ref first, (nuint)i), bounds).AsInt64();
            }

            count = Vector512.Sum(counts);
        }
        else
        {
            var bounds = Vector256.Create(bound);
            var counts = Vector256<long>.Zero;
            for (; i <= values.Length - Vector256<double>.Count; i += Vector256<double>.Count)
            {
                counts -= Vector256.GreaterThan(Vector256.LoadUnsafe(ref first, (nuint)i), bounds).AsInt64();
            }

            count = Vector256.Sum(counts);
        }

        for (; i < values.Length; i++)
        {
            count += values[i] > bound ? 1 : 0;
        }

        return count;
    }

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
