namespace ReactiveLink.Metrics.Windows;

/// <summary>
/// The panes of one of many series of numbers. Only panes that hold values are there, by number; what keeps them starts small and doubles, and is let go with the last
/// of them. What has no inverse is kept by <see cref="DabaLite{T, TMerger}"/>, percentiles by one running sketch; sketches are shared between all series.
/// </summary>
internal sealed class SparsePanes(WindowOptions options, SketchPool? sketches)
{
    private const int Small = 4;
    private Ring<(long Number, long Count, QuantileSketch? Sketch)> _closed = new(Small);
    private DabaLite<Moments, MomentsMerger> _merged = new(Small, default);
    private QuantileSketch? _running;
    private Moments _open;
    private QuantileSketch? _openSketch;
    private long _openNumber = long.MinValue;

    /// <summary>How many values the closed panes hold, refused ones included.</summary>
    public long Count { get; private set; }

    /// <summary>Whether it holds no pane, be it of refused values alone.</summary>
    public bool IsEmpty => _closed.Count == 0 && !IsOpen;

    /// <summary>The number of the newest pane, if it is not empty.</summary>
    public long Newest => IsOpen ? _openNumber : _closed[_closed.Count - 1].Number;

    private bool IsOpen => _open.Taken > 0;

    /// <summary>Takes a value. Panes come in order.</summary>
    public void Add(double value, long pane, int panesPerWindow)
    {
        if (pane != _openNumber)
        {
            Close();
            EvictBefore(pane - panesPerWindow + 1);
            _openNumber = pane;
        }

        if (!double.IsFinite(value))
        {
            _open.Refused++;
            return;
        }

        _open.Add(value, options.Aggregates);
        if (sketches is not null)
        {
            (_openSketch ??= sketches.Take()).Add(value);
        }
    }

    /// <summary>Closes the open pane, and forgets those before a number: what is left is the window.</summary>
    public void MoveTo(long from)
    {
        Close();
        EvictBefore(from);
    }

    public WindowSummary Result(in WindowBounds bounds)
    {
        var moments = _merged.Query();
        return WindowSummary.Create(in bounds, in moments, options.Aggregates, options.Percentiles, _running);
    }

    private void Close()
    {
        if (!IsOpen)
        {
            return;
        }

        _merged.Insert(in _open);
        _closed.Push((_openNumber, _open.Taken, _openSketch));
        Count += _open.Taken;
        if (_openSketch is not null)
        {
            (_running ??= sketches!.Take()).Merge(_openSketch);
            _openSketch = null;
        }

        _open = default;
    }

    private void EvictBefore(long number)
    {
        if (_closed.Count == 0 || _closed[0].Number >= number)
        {
            return;
        }

        while (_closed.Count > 0 && _closed[0].Number < number)
        {
            var (_, count, sketch) = _closed.Pop();
            _merged.Evict();
            Count -= count;
            if (sketch is not null)
            {
                TakeOut(sketch);
                sketches!.Return(sketch);
            }
        }

        if (_closed.Count == 0)
        {
            LetGo();
        }
    }

    private void TakeOut(QuantileSketch sketch)
    {
        if (_running!.Subtract(sketch))
        {
            return;
        }

        // It has collapsed further than the pane, so that the pane's counts cannot be told apart in it.
        _running.Clear();
        for (int i = 0; i < _closed.Count; i++)
        {
            if (_closed[i].Sketch is { } pane)
            {
                _running.Merge(pane);
            }
        }
    }

    private void LetGo()
    {
        if (_running is not null)
        {
            sketches!.Return(_running);
            _running = null;
        }

        if (_merged.Capacity > Small)
        {
            _closed = new(Small);
            _merged = new(Small, default);
        }
    }
}
