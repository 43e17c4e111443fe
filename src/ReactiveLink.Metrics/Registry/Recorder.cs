using System.Runtime.CompilerServices;

namespace ReactiveLink.Metrics.Registry;

/// <summary>The cells of a metric and what readers make of them.</summary>
internal sealed class Recorder
{
    private const int MostCells = 32;
    private static int _threads;

    [ThreadStatic]
    private static int _thread;

    private readonly Cell?[] _cells = new Cell?[(int)Math.Min(MostCells, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount * 2))];
    private readonly MetricClock _clock;
    private readonly BucketBounds? _bounds;
    private readonly int _capacity;
    private readonly History _history;
    private readonly Lock _readers = new();
    private readonly List<Entry> _fresh = [];

    public Recorder(MetricClock clock, int maximumValues, TimeSpan retention, BucketBounds? bounds)
    {
        _clock = clock;
        _bounds = bounds;
        _capacity = maximumValues;
        _history = new History(maximumValues, retention.Ticks);
    }

    public MetricClock Clock => _clock;

    public BucketBounds? Bounds => _bounds;

    /// <summary>Takes a finite value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Record(double value)
    {
        var cells = _cells;
        var cell = cells[_thread & (cells.Length - 1)];
        if (_thread == 0 || cell is null || !cell.TryEnter())
        {
            cell = EnterAnother();
        }

        var after = cell.Add(value, _clock);
        cell.Leave();
        if (after != After.Nothing)
        {
            Ask(after);
        }
    }

    public CellTotals ReadTotals(bool shape = false)
    {
        var totals = new CellTotals(_bounds is null ? 0 : _bounds.Count + 1, shape && _bounds is not null ? new LogLinearCounts() : null);
        foreach (var cell in _cells)
        {
            if (Volatile.Read(in cell) is null)
            {
                continue;
            }

            Enter(cell!);
            cell!.AddTo(totals);
            cell.Leave();
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
            // All at once, so that a recording is wholly before or wholly after.
            foreach (var cell in _cells)
            {
                if (cell is not null)
                {
                    Enter(cell);
                }
            }

            foreach (var cell in _cells)
            {
                cell?.Clear();
            }

            _history.Clear();
            foreach (var cell in _cells)
            {
                cell?.Leave();
            }
        }
    }

    private void Drain()
    {
        _fresh.Clear();
        long lost = 0;
        var sources = 0;
        foreach (var cell in _cells)
        {
            if (cell is null)
            {
                continue;
            }

            Enter(cell);
            var before = _fresh.Count;
            lost += cell.Drain(_fresh);
            cell.Leave();
            sources += _fresh.Count > before ? 1 : 0;
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

    private static void Enter(Cell cell)
    {
        var spin = default(SpinWait);
        while (!cell.TryEnter())
        {
            spin.SpinOnce();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Cell EnterAnother()
    {
        if (_thread == 0)
        {
            // Zero says that a thread has no number yet.
            _thread = Interlocked.Increment(ref _threads) & 0x3FFFFFFF | 0x40000000;
        }

        var spin = default(SpinWait);
        for (var i = _thread; ; i++)
        {
            ref var place = ref _cells[i & (_cells.Length - 1)];
            var cell = Volatile.Read(ref place);
            if (cell is null)
            {
                var made = new Cell(_capacity, _bounds);
                cell = Interlocked.CompareExchange(ref place, made, null) ?? made;
            }

            if (cell.TryEnter())
            {
                return cell;
            }

            if (((i - _thread) & (_cells.Length - 1)) == _cells.Length - 1)
            {
                spin.SpinOnce();
            }
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
