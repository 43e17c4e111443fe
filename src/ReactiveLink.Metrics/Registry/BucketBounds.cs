using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ReactiveLink.Metrics.Registry;

/// <summary>The upper bounds of a distribution's buckets, each inclusive, and the search among them.</summary>
internal sealed class BucketBounds
{
    /// <summary>Up to here all are compared at once; beyond, the search halves.</summary>
    private const int Comparable = 16;

    private readonly double[] _bounds;
    private readonly double[] _padded;

    public BucketBounds(double[] bounds)
    {
        _bounds = bounds;
        _padded = new double[(bounds.Length + 3) & ~3];
        Array.Fill(_padded, double.PositiveInfinity);
        bounds.CopyTo(_padded, 0);
    }

    public int Count => _bounds.Length;

    public ReadOnlySpan<double> Values => _bounds;

    /// <summary>How many bounds are below the value: the index of the bucket whose upper bound is the first not below it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int IndexOf(double value)
    {
        var padded = _padded;
        if (!Vector256.IsHardwareAccelerated || padded.Length > Comparable)
        {
            return Search(value);
        }

        var values = Vector256.Create(value);
        ref var first = ref MemoryMarshal.GetArrayDataReference(padded);
        var index = 0;
        for (var i = 0; i < padded.Length; i += 4)
        {
            index += BitOperations.PopCount(Vector256.LessThan(Vector256.LoadUnsafe(ref first, (nuint)i), values).ExtractMostSignificantBits());
        }

        return index;
    }

    private int Search(double value)
    {
        var low = 0;
        var high = _bounds.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_bounds[middle] < value)
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
