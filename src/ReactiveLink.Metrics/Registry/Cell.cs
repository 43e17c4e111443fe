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
/// One stripe of a metric: totals, buckets and the latest values, written by one thread at a time. Who finds it taken takes another, so
/// nobody waits for a thread that was suspended.
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
    private State _state;

    /// <param name="capacity">How many of the latest values to hold, at least.</param>
    /// <param name="bounds">The bounds of a distribution's buckets, or null.</param>
    public Cell(int capacity, BucketBounds? bounds)
    {
        _ring = new Entry[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity)];
        _bounds = bounds;
        _buckets = bounds is null ? [] : new long[bounds.Count + 1];
        _shape = bounds is null ? null : new LogLinearCounts();
        _state.Epoch = -1;
        _state.Min = double.PositiveInfinity;
        _state.Max = double.NegativeInfinity;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryEnter() => _state.Busy == 0 && Interlocked.CompareExchange(ref _state.Busy, 1, 0) == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Leave() => Volatile.Write(ref _state.Busy, 0);

    /// <summary>Takes a finite value; the caller has entered.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public After Add(double value, MetricClock clock)
    {
        ref var state = ref _state;
        var after = After.Nothing;
        if (state.Shared > 0 && state.Epoch == clock.Epoch)
        {
            state.Shared--;
        }
        else
        {
            after = ReadClock(clock);
        }

        var ring = _ring;
        ring[(int)state.Appended & (ring.Length - 1)] = new Entry(value, state.Time);
        state.Appended++;
        state.Count++;

        // Neumaier's running error term would double the chain of additions; a plain sum is exact for whole numbers up to 2^53.
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

        return after;
    }

    /// <summary>Adds the totals to a snapshot; the caller has entered.</summary>
    public void AddTo(CellTotals totals)
    {
        totals.Count += _state.Count;
        totals.Add(_state.Sum);
        totals.Min = Math.Min(totals.Min, _state.Min);
        totals.Max = Math.Max(totals.Max, _state.Max);
        for (var i = 0; i < _buckets.Length; i++)
        {
            totals.Buckets[i] += _buckets[i];
        }

        if (totals.Shape is { } shape)
        {
            _shape?.AddTo(shape);
        }
    }

    /// <summary>Moves the values that came since the last time to a list; the caller has entered.</summary>
    /// <returns>How many were overwritten before.</returns>
    public long Drain(List<Entry> to)
    {
        var fresh = _state.Appended - _state.Drained;
        var lost = Math.Max(0, fresh - _ring.Length);
        for (var i = _state.Drained + lost; i < _state.Appended; i++)
        {
            to.Add(_ring[(int)i & (_ring.Length - 1)]);
        }

        _state.Drained = _state.Appended;
        return lost;
    }

    /// <summary>Forgets everything; the caller has entered.</summary>
    public void Clear()
    {
        _state.Drained = _state.Appended;
        _state.Count = 0;
        _state.Sum = 0;
        _state.Min = double.PositiveInfinity;
        _state.Max = double.NegativeInfinity;
        Array.Clear(_buckets);
        _shape?.Clear();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private After ReadClock(MetricClock clock)
    {
        ref var state = ref _state;
        var epoch = clock.Epoch;
        state.Time = clock.Ticks;
        if (epoch != state.Epoch)
        {
            state.Epoch = epoch;
            state.Own = 0;
        }

        state.Shared = 0;
        if (++state.Own <= OwnReadings)
        {
            return clock.IsArmed ? After.Nothing : After.Wake;
        }

        state.Shared = SharedReadings;
        return clock.IsHurried ? After.Nothing : After.Hurry;
    }

    /// <summary>What each recording writes, on cache lines of its own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct State
    {
        [FieldOffset(64)]
        public int Busy;

        [FieldOffset(68)]
        public int Epoch;

        [FieldOffset(72)]
        public int Shared;

        [FieldOffset(76)]
        public int Own;

        [FieldOffset(80)]
        public long Time;

        [FieldOffset(88)]
        public long Appended;

        [FieldOffset(96)]
        public long Count;

        [FieldOffset(104)]
        public double Sum;

        [FieldOffset(112)]
        public double Min;

        [FieldOffset(120)]
        public double Max;

        [FieldOffset(128)]
        public long Drained;
    }
}
