using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ReactiveLink.Metrics;

/// <content>Counting many values at once.</content>
public sealed partial class QuantileSketch
{
    private const double SmallestNormal = 2.2250738585072014E-308;

    /// <summary>Values whose places are found together before they are counted.</summary>
    private const int Block = 64;

    private const int Unrolled = 4;

    /// <summary>Counts finite values: the same as adding one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void AddFinite(ReadOnlySpan<double> values)
    {
        var i = 0;
        for (; i < values.Length && _isExact; i++)
        {
            AddSlowly(values[i], 1);
        }

        if (Avx2.IsSupported)
        {
            Span<int> slots = stackalloc int[Block];
            for (; values.Length - i >= Vector512<double>.Count; i += Math.Min(Block, values.Length - i) & -Vector512<double>.Count)
            {
                var block = values.Slice(i, Math.Min(Block, values.Length - i) & -Vector512<double>.Count);
                if (!TryAddBlock(block, slots))
                {
                    AddEach(block);
                }
            }
        }

        AddEach(values[i..]);
    }

    private void AddEach(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
        {
            AddToBuckets(value, 1);
        }
    }

    /// <summary>
    /// Counts values if all are positive and normal and their buckets have their place. Places first, counts second: with no call and no branch in either loop, vectors stay
    /// in registers and increments overlap.
    /// </summary>
    private bool TryAddBlock(ReadOnlySpan<double> values, Span<int> slots)
    {
        var counts = _buckets.Region(negative: false);
        if (!(Vector512.IsHardwareAccelerated
                ? TryFindSlots512(values, slots, counts.Length, out var lowest, out var highest)
                : TryFindSlots256(values, slots, counts.Length, out lowest, out highest)))
        {
            return false;
        }

        _count += values.Length;
        (_minimum, _minimumEstimated) = lowest < _minimum ? (lowest, false) : (_minimum, _minimumEstimated);
        (_maximum, _maximumEstimated) = highest > _maximum ? (highest, false) : (_maximum, _maximumEstimated);

        // Every slot was compared with the length, and the values are a multiple of eight.
        ref var first = ref MemoryMarshal.GetReference(counts);
        ref var slot = ref MemoryMarshal.GetReference(slots);
        for (nuint i = 0; i < (nuint)values.Length; i += Unrolled)
        {
            Unsafe.Add(ref first, (nuint)(uint)Unsafe.Add(ref slot, i))++;
            Unsafe.Add(ref first, (nuint)(uint)Unsafe.Add(ref slot, i + 1))++;
            Unsafe.Add(ref first, (nuint)(uint)Unsafe.Add(ref slot, i + 2))++;
            Unsafe.Add(ref first, (nuint)(uint)Unsafe.Add(ref slot, i + 3))++;
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryFindSlots512(ReadOnlySpan<double> values, Span<int> slots, int length, out double lowest, out double highest)
    {
        ref var value = ref MemoryMarshal.GetReference(values);
        ref var slot = ref MemoryMarshal.GetReference(slots);
        var start = Vector256.Create(_buckets.FirstIndex(negative: false));
        var last = Vector256<uint>.Zero;
        var (low, high) = (Vector512.Create(double.MaxValue), Vector512.Create(double.MinValue));
        for (var i = 0; i < values.Length; i += Vector512<double>.Count)
        {
            var some = Vector512.LoadUnsafe(ref value, (nuint)i);
            var found = _mapping.IndicesOf(some) - start;
            found.StoreUnsafe(ref slot, (nuint)i);
            last = Vector256.Max(last, found.AsUInt32());
            low = Vector512.MinNative(low, some);
            high = Vector512.MaxNative(high, some);
        }

        (lowest, highest) = (Least(Vector256.MinNative(low.GetLower(), low.GetUpper())), -Least(-Vector256.MaxNative(high.GetLower(), high.GetUpper())));
        return lowest >= SmallestNormal && Vector256.LessThanAll(last, Vector256.Create((uint)length));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryFindSlots256(ReadOnlySpan<double> values, Span<int> slots, int length, out double lowest, out double highest)
    {
        ref var value = ref MemoryMarshal.GetReference(values);
        ref var slot = ref MemoryMarshal.GetReference(slots);
        var start = Vector128.Create(_buckets.FirstIndex(negative: false));
        var last = Vector128<uint>.Zero;
        var (low, high) = (Vector256.Create(double.MaxValue), Vector256.Create(double.MinValue));
        for (var i = 0; i < values.Length; i += Vector256<double>.Count)
        {
            var some = Vector256.LoadUnsafe(ref value, (nuint)i);
            var found = _mapping.IndicesOf(some) - start;
            found.StoreUnsafe(ref slot, (nuint)i);
            last = Vector128.Max(last, found.AsUInt32());
            low = Vector256.MinNative(low, some);
            high = Vector256.MaxNative(high, some);
        }

        (lowest, highest) = (Least(low), -Least(-high));
        return lowest >= SmallestNormal && Vector128.LessThanAll(last, Vector128.Create((uint)length));
    }

    private static double Least(Vector256<double> values)
    {
        var two = Vector128.MinNative(values.GetLower(), values.GetUpper());
        return Math.Min(two.GetElement(0), two.GetElement(1));
    }
}
