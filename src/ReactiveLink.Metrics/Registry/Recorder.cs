using System.Runtime.CompilerServices;

namespace ReactiveLink.Metrics.Registry;

/// <summary>The cells of a metric and what readers make of them.</summary>
internal sealed class Recorder
{
    /// <summary>Values that the list for draining keeps room for; many threads at once may need more, for once.</summary>
    private const int KeptCapacity = 4096;

    // Not readonly, which would make each access a copy.
    private Places _cells;
    private readonly Lock _sharing = new();
    private readonly MetricClock _clock;
    private readonly BucketBounds? _bounds;
    private readonly MetricRegistryOptions _options;
    private readonly History _history;
    private readonly Lock _readers = new();
    private readonly List<Entry> _fresh = [];

    public Recorder(MetricClock clock, MetricRegistryOptions options, BucketBounds? bounds)
    {
        _clock = clock;
        _bounds = bounds;
        _options = options;
        _history = new History(options);
    }

    public MetricClock Clock => _clock;

    public BucketBounds? Bounds => _bounds;

    /// <summary>Takes a finite value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="place">The thread's, <see cref="ThreadPlace.Current"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Record(double value, int place)
    {
        // A place is within the cells, always.
        var cell = Unsafe.Add(ref Unsafe.As<Places, Cell?>(ref _cells), (nuint)(uint)place);
        if (cell is null || !cell.TryAdd(value, _clock.Epoch))
        {
            RecordSlowly(value);
        }
    }

    public CellTotals ReadTotals()
    {
        var totals = NewTotals();
        lock (_readers)
        {
            for (var i = 0; i < ThreadPlace.Count; i++)
            {
                Volatile.Read(ref _cells[i])?.AddTo(totals);
            }
        }

        return totals;
    }

    /// <summary>Looks at the values held, with all that have come, and at the time; no recording waits meanwhile.</summary>
    public TResult Read<TState, TResult>(TState state, Func<History, long, TState, TResult> read) =>
        Read(totals: null, state, read);

    /// <summary>The same, and adds what all values come to at the same instant to totals as from <see cref="NewTotals"/>.</summary>
    public TResult Read<TState, TResult>(CellTotals? totals, TState state, Func<History, long, TState, TResult> read)
    {
        // The clock is the user's: not under a lock.
        var now = _clock.Ticks;
        lock (_readers)
        {
            Drain(totals);
            now = _history.Expire(now);
            return read(_history, now, state);
        }
    }

    public CellTotals NewTotals() => new(_bounds, _bounds is null ? null : new QuantileSketch(_options.RelativeAccuracy, _options.MaximumSketchBytes));

    public void Reset()
    {
        lock (_readers)
        {
            _clock.Void();
            for (var i = 0; i < ThreadPlace.Count; i++)
            {
                Volatile.Read(ref _cells[i])?.Reset();
            }

            _history.Clear();
        }
    }

    private void Drain(CellTotals? totals)
    {
        _fresh.Clear();
        long lost = 0;
        var sources = 0;
        for (var i = 0; i < ThreadPlace.Count; i++)
        {
            if (Volatile.Read(ref _cells[i]) is { } cell)
            {
                var before = _fresh.Count;
                lost += cell.Drain(_fresh, totals);
                sources += _fresh.Count > before ? 1 : 0;
            }
        }

        if (sources > 1)
        {
            // The sort is not stable, and those of one moment must stay in their thread's order.
            _fresh.Sort(static (a, b) => a.Ticks != b.Ticks ? a.Ticks.CompareTo(b.Ticks) : a.Order.CompareTo(b.Order));
        }

        _history.Evicted += lost;
        foreach (var entry in _fresh)
        {
            _history.Add(entry);
        }

        if (_fresh.Capacity > KeptCapacity)
        {
            _fresh.Clear();
            _fresh.Capacity = KeptCapacity;
        }
    }

    /// <summary>What needs a reading of the clock: the user's code, which may record here in its turn, so nothing of the cell is known before and after it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RecordSlowly(double value)
    {
        var epoch = _clock.Epoch;
        var ticks = _clock.Ticks;
        var place = ThreadPlace.Take();
        var cell = Volatile.Read(ref _cells[place]);
        if (cell is null)
        {
            var made = new Cell(_options.MaximumValues, NewTotals());
            cell = Interlocked.CompareExchange(ref _cells[place], made, null) ?? made;
        }

        if (place > 0)
        {
            if (cell.Add(value, ticks, epoch))
            {
                _clock.Hurry();
                return;
            }
        }
        else
        {
            // Threads without a place of their own take turns.
            lock (_sharing)
            {
                cell.Add(value, ticks, epoch: -1);
            }
        }

        _clock.Wake();
    }

    /// <summary>The threads' cells by their places, null until a thread records. They lie in the recorder itself: one indirection less for each recording.</summary>
    [InlineArray(ThreadPlace.Count)]
    private struct Places
    {
        private Cell? _first;
    }
}
