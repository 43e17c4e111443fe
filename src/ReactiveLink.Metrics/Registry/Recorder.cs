using System.Runtime.CompilerServices;

namespace ReactiveLink.Metrics.Registry;

/// <summary>The cells of a metric and what readers make of them.</summary>
internal sealed class Recorder
{
    private readonly Cell?[] _cells = new Cell?[ThreadPlace.Count];
    private readonly Lock _sharing = new();
    private readonly MetricClock _clock;
    private readonly BucketBounds? _bounds;
    private readonly int _capacity;
    private readonly History _history;
    private readonly Lock _readers = new();
    private readonly List<Entry> _fresh = [];
    private int _generation;

    public Recorder(MetricClock clock, int maximumValues, TimeSpan retention, BucketBounds? bounds)
    {
        _clock = clock;
        _bounds = bounds;
        _capacity = maximumValues;
        _history = new History(maximumValues, retention.Ticks);
    }

    public MetricClock Clock => _clock;

    public BucketBounds? Bounds => _bounds;

    /// <summary>Moves with each reset.</summary>
    public int Generation => Volatile.Read(ref _generation);

    /// <summary>Takes a finite value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Record(double value)
    {
        var cells = _cells;
        var place = ThreadPlace.Current;
        if (place > 0 && place < cells.Length && cells[place] is { } cell)
        {
            var after = cell.Add(value, this);
            if (after != After.Nothing)
            {
                Ask(after);
            }
        }
        else
        {
            RecordElsewhere(value);
        }
    }

    public CellTotals ReadTotals(bool shape = false)
    {
        var totals = new CellTotals(_bounds is null ? 0 : _bounds.Count + 1, shape && _bounds is not null ? new LogLinearCounts() : null);
        for (var i = 0; i < _cells.Length; i++)
        {
            Volatile.Read(ref _cells[i])?.AddTo(totals, Generation);
        }

        return totals;
    }

    /// <summary>Looks at the values held, with all that have come; no recording waits meanwhile.</summary>
    public TResult Read<TState, TResult>(TState state, Func<History, TState, TResult> read)
    {
        lock (_readers)
        {
            Drain();
            return read(_history, state);
        }
    }

    public void Reset()
    {
        lock (_readers)
        {
            Interlocked.Increment(ref _generation);
            _clock.Void();
            for (var i = 0; i < _cells.Length; i++)
            {
                Volatile.Read(ref _cells[i])?.Skip();
            }

            _history.Clear();
        }
    }

    private void Drain()
    {
        _fresh.Clear();
        long lost = 0;
        var sources = 0;
        for (var i = 0; i < _cells.Length; i++)
        {
            if (Volatile.Read(ref _cells[i]) is { } cell)
            {
                var before = _fresh.Count;
                lost += cell.Drain(_fresh);
                sources += _fresh.Count > before ? 1 : 0;
            }
        }

        if (sources > 1)
        {
            _fresh.Sort(static (a, b) => a.Ticks.CompareTo(b.Ticks));
        }

        _history.Evicted += lost;
        foreach (var entry in _fresh)
        {
            _history.Add(entry);
        }

        _history.Expire(_clock.Ticks);
    }

    /// <summary>The first value of a thread, and those of threads without a place of their own: these take turns.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RecordElsewhere(double value)
    {
        var place = ThreadPlace.Take();
        var cell = Volatile.Read(ref _cells[place]);
        if (cell is null)
        {
            var made = new Cell(_capacity, _bounds);
            cell = Interlocked.CompareExchange(ref _cells[place], made, null) ?? made;
        }

        After after;
        if (place > 0)
        {
            after = cell.Add(value, this);
        }
        else
        {
            lock (_sharing)
            {
                after = cell.Add(value, this);
            }
        }

        if (after != After.Nothing)
        {
            Ask(after);
        }
    }

    private void Ask(After after)
    {
        if (after == After.Hurry)
        {
            _clock.Hurry();
        }
        else
        {
            _clock.Wake();
        }
    }
}
