using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ReactiveLink.Metrics.Registry;

/// <summary>A value, when it was recorded, and its place among those drained together.</summary>
internal readonly record struct Entry(double Value, long Ticks, int Order);

/// <summary>
/// One thread's part of a metric: a ring of its latest values, and what those before them come to. A recording is a plain store and the publication of a count: no locked
/// instruction, which would cost more than all the rest. What values come to is counted many at a time, by their thread when a batch is full, or by a reader.
/// </summary>
/// <remarks>
/// Values that share a reading of the clock are a run. A recording stores no time: those of a run are written when the next one begins, and a reader gives those of the last
/// run its time. That makes a recording a fifth shorter.
/// </remarks>
internal sealed class Cell
{
    /// <summary>Values that are counted together, and that share a reading of the clock when they come in quick succession.</summary>
    public const int Batch = 256;

    /// <summary>Values in one epoch that each get a reading of the clock of their own.</summary>
    private const int OwnReadings = 32;

    private const int SmallestRing = 64;

    /// <summary>Held to count, to drain and to replace the ring; nothing foreign is called meanwhile. The thread takes it once a batch, and waits for it only when the ring is full.</summary>
    private readonly Lock _counting = new();
    private readonly CellTotals _totals;
    private readonly int _capacity;
    private readonly int _largest;
    private double[] _values;
    private long[] _times;
    private long _counted;
    private long _drained;
    private State _state;

    /// <param name="capacity">How many of the latest values to hold, at least.</param>
    /// <param name="totals">Empty, the cell's own from now on.</param>
    public Cell(int capacity, CellTotals totals)
    {
        // One more than asked for: the oldest place may be in the course of being overwritten while a reader copies.
        _largest = Math.Max(SmallestRing, (int)BitOperations.RoundUpToPowerOf2((uint)capacity + 1));
        _capacity = capacity;
        _totals = totals;
        _values = new double[SmallestRing];
        _times = new long[SmallestRing];
        _state.Epoch = -1;
        _state.Mask = SmallestRing - 1;
    }

    /// <summary>Takes a finite value, if a reading of the clock can be shared and there is room. One thread at a time.</summary>
    /// <returns>False if <see cref="Add"/> is needed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdd(double value, long epoch)
    {
        var appended = _state.Appended;
        if (appended >= _state.Limit || _state.Epoch != epoch)
        {
            return false;
        }

        Append(appended, value);
        return true;
    }

    /// <summary>Takes a finite value. One thread at a time.</summary>
    /// <param name="value">The value.</param>
    /// <param name="ticks">The time.</param>
    /// <param name="epoch">The epoch before the time was read; -1 if the time is this value's alone.</param>
    /// <returns>Whether values share this reading from now on.</returns>
    public bool Add(double value, long ticks, long epoch)
    {
        ref var state = ref _state;
        var appended = state.Appended;
        EndRun(appended);
        if (epoch != state.Epoch)
        {
            state.Epoch = epoch;
            state.Own = 0;
        }

        var shared = epoch >= 0 && ++state.Own > OwnReadings;
        state.Limit = Math.Min(MakeRoom(appended), appended + (shared ? Batch : 1));
        state.BeginRun(appended, ticks);
        Append(appended, value);
        return shared;
    }

    /// <summary>Copies the values that came since the last time to a list, and adds what all come to: both of the same instant. One reader at a time.</summary>
    /// <returns>How many were overwritten before.</returns>
    public long Drain(List<Entry> to, CellTotals? totals)
    {
        lock (_counting)
        {
            var values = _values;
            var times = _times;
            var mask = values.Length - 1;
            var begin = to.Count;
            long end;
            long from;
            long next;
            do
            {
                to.RemoveRange(begin, to.Count - begin);
                var (start, ticks) = ReadRun(out end);
                from = Math.Max(_drained, end - _capacity);
                for (var i = from; i < end; i++)
                {
                    to.Add(new Entry(values[(int)i & mask], i < start ? times[(int)i & mask] : ticks, to.Count));
                }

                // The copies are made before the count is read again: they are good if the thread had not begun to write over them by then. If it had, they are made anew:
                // the latest values must be among them. That ends, as the thread does not pass by more than the ring what was counted, which stays until below. A ring that can grow does, before anything is written over.
                Volatile.ReadBarrier();
                next = Volatile.Read(ref _state.Appended);
            }
            while (values.Length == _largest && next - values.Length >= from && from < end);

            CountTo(end);
            totals?.Add(_totals);
            var lost = from - _drained;
            _drained = end;
            return lost;
        }
    }

    /// <summary>Adds what all values come to. One reader at a time.</summary>
    public void AddTo(CellTotals totals)
    {
        lock (_counting)
        {
            CountTo(Volatile.Read(ref _state.Appended));
            totals.Add(_totals);
        }
    }

    /// <summary>Leaves out what has come so far. One reader at a time.</summary>
    public void Reset()
    {
        lock (_counting)
        {
            _drained = Volatile.Read(ref _state.Appended);
            Volatile.Write(ref _counted, _drained);
            _totals.Clear();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Append(long appended, double value)
    {
        // The mask is the ring's length less one, a power of two's; beside the count it costs less than the length.
        _values[(int)appended & _state.Mask] = value;
        Volatile.Write(ref _state.Appended, appended + 1);

        // The next entry must not be seen before this count; free where stores are seen in their order.
        Volatile.WriteBarrier();
    }

    /// <summary>Writes the times of the run so far; a reader takes none of them from here before the next run begins.</summary>
    private void EndRun(long appended)
    {
        var times = _times;
        var run = _state.Run;
        var slot = (int)run.Start & (times.Length - 1);
        var length = (int)(appended - run.Start);
        var straight = Math.Min(length, times.Length - slot);
        times.AsSpan(slot, straight).Fill(run.Ticks);
        times.AsSpan(0, length - straight).Fill(run.Ticks);
    }

    /// <summary>The last run, and how many values there were while it was the last.</summary>
    private Run ReadRun(out long end)
    {
        while (true)
        {
            // The thread writes over a run when it has made another one the last, so this one was whole all the time if it is the last still. Else the thread has gone on.
            var number = Volatile.Read(ref _state.Number);
            var run = (number & 1) == 0 ? _state.Even : _state.Odd;
            end = Volatile.Read(ref _state.Appended);
            Volatile.ReadBarrier();
            if (Volatile.Read(ref _state.Number) == number)
            {
                return run;
            }
        }
    }

    /// <summary>Counts a full batch, and makes sure that there is room for one value more.</summary>
    /// <returns>The count of values up to which there is room, and no batch to count.</returns>
    private long MakeRoom(long appended)
    {
        var length = _values.Length;
        var counted = Volatile.Read(ref _counted);
        var full = appended - counted >= length;
        var grow = appended >= length && length < _largest;
        if (full || grow)
        {
            lock (_counting)
            {
                CountTo(appended);
                if (grow)
                {
                    Grow(appended);
                }
            }
        }
        else if (appended - counted >= Batch)
        {
            // A reader that is at it counts as well.
            if (_counting.TryEnter())
            {
                try
                {
                    CountTo(appended);
                }
                finally
                {
                    _counting.Exit();
                }
            }
        }

        length = _values.Length;
        var room = Volatile.Read(ref _counted) + length;
        return length < _largest ? Math.Min(room, Math.Max(length, appended + 1)) : room;
    }

    /// <summary>Counts the values up to there that were not yet.</summary>
    private void CountTo(long end)
    {
        var mask = _values.Length - 1;
        var from = _counted;
        while (from < end)
        {
            var slot = (int)from & mask;
            var length = (int)Math.Min(end - from, _values.Length - slot);
            _totals.Add(_values.AsSpan(slot, length));
            from += length;
        }

        Volatile.Write(ref _counted, end);
    }

    private void Grow(long appended)
    {
        var length = _values.Length;
        var values = new double[length * 2];
        var times = new long[length * 2];
        for (var i = appended - length; i < appended; i++)
        {
            values[(int)i & (values.Length - 1)] = _values[(int)i & (length - 1)];
            times[(int)i & (values.Length - 1)] = _times[(int)i & (length - 1)];
        }

        _values = values;
        _times = times;
        _state.Mask = values.Length - 1;
    }

    /// <summary>Where values begin that share a reading of the clock, and that.</summary>
    private readonly record struct Run(long Start, long Ticks);

    /// <summary>What each recording reads and writes, on a cache line of its own; then what the thread alone writes each time that it reads the clock.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct State
    {
        [FieldOffset(64)]
        public long Appended;

        [FieldOffset(72)]
        public long Limit;

        [FieldOffset(80)]
        public int Mask;

        [FieldOffset(88)]
        public long Epoch;

        [FieldOffset(128)]
        public long Number;

        [FieldOffset(136)]
        public Run Even;

        [FieldOffset(152)]
        public Run Odd;

        [FieldOffset(168)]
        public int Own;

        public readonly Run Run => (Number & 1) == 0 ? Even : Odd;

        public void BeginRun(long start, long ticks)
        {
            var number = Number + 1;
            if ((number & 1) == 0)
            {
                Even = new Run(start, ticks);
            }
            else
            {
                Odd = new Run(start, ticks);
            }

            // After the run, and after the times of the one before.
            Volatile.Write(ref Number, number);
        }
    }
}
