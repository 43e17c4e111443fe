using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ReactiveLink.Metrics.Registry;

/// <summary>A value and when it was recorded.</summary>
internal readonly record struct Entry(double Value, long Ticks);

/// <summary>What a recording needs done after its cell is free again.</summary>
internal enum After
{
    Nothing,
    Wake,
    Hurry,
}

/// <summary>
/// One thread's part of a metric: totals, buckets and the latest values. Only its thread writes, with plain stores: a locked instruction would cost more than the rest
/// of a recording. Readers look on; what they copy while it is overwritten they notice and leave out.
/// </summary>
internal sealed class Cell
{
    /// <summary>Values in one epoch that each get a reading of the clock of their own.</summary>
    private const int OwnReadings = 32;

    /// <summary>Values that share a reading, beyond those.</summary>
    private const int SharedReadings = 255;

    private readonly Entry[] _ring;
    private readonly BucketBounds? _bounds;
    private readonly long[] _buckets;
    private readonly LogLinearCounts? _shape;
    private long _drained;
    private State _state;

    /// <param name="capacity">How many of the latest values to hold, at least.</param>
    /// <param name="bounds">The bounds of a distribution's buckets, or null.</param>
    public Cell(int capacity, BucketBounds? bounds)
    {
        // One more than asked for: the oldest place may be in the course of being overwritten while a reader copies.
        _ring = new Entry[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity + 1)];
        _bounds = bounds;
        _buckets = bounds is null ? [] : new long[bounds.Count + 1];
        _shape = bounds is null ? null : new LogLinearCounts();
        _state.Epoch = -1;
        _state.Generation = -1;
    }

    /// <summary>Takes a finite value. One thread at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public After Add(double value, Recorder recorder)
    {
        ref var state = ref _state;
        var after = After.Nothing;
        var appended = state.Appended;
        if (appended >= state.SharedUntil || state.Epoch != recorder.Clock.Epoch)
        {
            after = ReadClock(recorder);
        }

        var ring = _ring;
        ring[(int)appended & (ring.Length - 1)] = new Entry(value, state.Time);

        // A plain sum is exact for whole numbers up to 2^53; a compensated one would double the chain of additions.
        state.Sum += value;
        if (value < state.Min)
        {
            state.Min = value;
        }

        if (value > state.Max)
        {
            state.Max = value;
        }

        if (_bounds is not null)
        {
            _buckets[_bounds.IndexOf(value)]++;
            _shape!.Add(value);
        }

        Volatile.Write(ref state.Appended, appended + 1);

        // The next entry must not be seen before this count; free where stores are seen in their order.
        Volatile.WriteBarrier();
        return after;
    }

    /// <summary>Adds the totals to a snapshot, unless they are of before the last reset.</summary>
    public void AddTo(CellTotals totals, int generation)
    {
        if (Volatile.Read(ref _state.Generation) != generation)
        {
            return;
        }

        var count = Volatile.Read(ref _state.Appended) - _state.Base;
        totals.Add(Volatile.Read(ref _state.Sum));
        totals.Min = Math.Min(totals.Min, Volatile.Read(ref _state.Min));
        totals.Max = Math.Max(totals.Max, Volatile.Read(ref _state.Max));
        if (_bounds is not null)
        {
            // Count from the buckets, lest the two differ by a recording that is under way.
            count = 0;
            for (var i = 0; i < _buckets.Length; i++)
            {
                var bucket = Volatile.Read(ref _buckets[i]);
                totals.Buckets[i] += bucket;
                count += bucket;
            }
        }

        totals.Count += count;
        if (totals.Shape is { } shape)
        {
            _shape?.AddTo(shape);
        }
    }

    /// <summary>Copies the values that came since the last time to a list. One reader at a time.</summary>
    /// <returns>How many were overwritten before.</returns>
    public long Drain(List<Entry> to)
    {
        var end = Volatile.Read(ref _state.Appended);
        var begin = to.Count;
        var from = Math.Max(_drained, end - _ring.Length);
        for (var i = from; i < end; i++)
        {
            to.Add(_ring[(int)i & (_ring.Length - 1)]);
        }

        // The copies are made before the count is read again: an entry is good if the thread had not begun to write over it by then.
        Volatile.ReadBarrier();
        var torn = (int)Math.Clamp(Volatile.Read(ref _state.Appended) - _ring.Length + 1 - from, 0, end - from);
        to.RemoveRange(begin, torn);
        var lost = from + torn - _drained;
        _drained = end;
        return lost;
    }

    /// <summary>Leaves out what has come so far. One reader at a time.</summary>
    public void Skip() => _drained = Volatile.Read(ref _state.Appended);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private After ReadClock(Recorder recorder)
    {
        ref var state = ref _state;
        var clock = recorder.Clock;

        // In this order: a reset moves the generation first, then the epoch.
        var epoch = clock.Epoch;
        var generation = recorder.Generation;
        if (generation != state.Generation)
        {
            Clear();
            Volatile.Write(ref state.Generation, generation);
        }

        state.Time = clock.Ticks;
        if (epoch != state.Epoch)
        {
            state.Epoch = epoch;
            state.Own = 0;
        }

        if (++state.Own <= OwnReadings)
        {
            state.SharedUntil = state.Appended;
            return clock.IsArmed ? After.Nothing : After.Wake;
        }

        state.SharedUntil = state.Appended + SharedReadings;
        return clock.IsHurried ? After.Nothing : After.Hurry;
    }

    private void Clear()
    {
        _state.Base = _state.Appended;
        _state.Sum = 0;
        _state.Min = double.PositiveInfinity;
        _state.Max = double.NegativeInfinity;
        Array.Clear(_buckets);
        _shape?.Clear();
    }

    /// <summary>What each recording writes, on cache lines of its own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct State
    {
        [FieldOffset(64)]
        public long Appended;

        [FieldOffset(72)]
        public long SharedUntil;

        [FieldOffset(80)]
        public long Time;

        [FieldOffset(88)]
        public double Sum;

        [FieldOffset(96)]
        public double Min;

        [FieldOffset(104)]
        public double Max;

        [FieldOffset(112)]
        public int Epoch;

        [FieldOffset(116)]
        public int Own;

        [FieldOffset(120)]
        public int Generation;

        [FieldOffset(128)]
        public long Base;
    }
}
