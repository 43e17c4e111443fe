using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ReactiveLink.Metrics;

/// <content>Counting many values at once.</content>
public sealed partial class QuantileSketch
{
    private const double SmallestNormal = 2.2250738585072014E-308;

    /// <summary>Counts finite values: the same as adding one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void AddFinite(ReadOnlySpan<double> values)
    {
        var i = 0;
        for (; i < values.Length && _isExact; i++)
        {
            AddSlowly(values[i], 1);
        }

        if (Vector512.IsHardwareAccelerated)
        {
            i += AddVectors(values[i..]);
        }

        foreach (var value in values[i..])
        {
            AddToBuckets(value, 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int AddVectors(ReadOnlySpan<double> values)
    {
        var smallest = Vector512.Create(SmallestNormal);
        var (lowest, highest) = (Vector512.Create(double.PositiveInfinity), Vector512.Create(double.NegativeInfinity));
        var some = values;
        for (; some.Length >= Vector512<double>.Count; some = some[Vector512<double>.Count..])
        {
            var vector = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(some));
            if (Vector512.GreaterThanOrEqualAll(vector, smallest))
            {
                // Not by way of memory: where a vector's store crosses a cache line, reading its parts waits.
                var indices = _mapping.IndicesOf(vector).AsUInt64();
                CountPair(indices.GetElement(0));
                CountPair(indices.GetElement(1));
                CountPair(indices.GetElement(2));
                CountPair(indices.GetElement(3));
                _count += Vector512<double>.Count;
                lowest = Vector512.Min(lowest, vector);
                highest = Vector512.Max(highest, vector);
            }
            else
            {
                foreach (var value in some[..Vector512<double>.Count])
                {
                    AddToBuckets(value, 1);
                }
            }
        }

        for (var lane = 0; lane < Vector512<double>.Count; lane++)
        {
            _minimum = Math.Min(_minimum, lowest[lane]);
            _maximum = Math.Max(_maximum, highest[lane]);
        }

        return values.Length - some.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CountPair(ulong indices)
    {
        _buckets.Add((int)indices, negative: false, 1);
        _buckets.Add((int)(indices >> 32), negative: false, 1);
    }
}
