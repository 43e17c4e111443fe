namespace ReactiveLink.Metrics.Windows;

/// <summary>The sketches of panes and the running sketch of the window. A pane without values has none; sketches of panes that left are used again.</summary>
internal sealed class SketchPanes
{
    private readonly Ring<QuantileSketch?> _closed;
    private readonly Stack<QuantileSketch> _free = new();
    private readonly WindowOptions _options;
    private QuantileSketch? _open;

    public SketchPanes(int panes, WindowOptions options)
    {
        _options = options;
        _closed = new Ring<QuantileSketch?>(panes);
        Window = NewSketch();
    }

    /// <summary>The sketch of all closed panes.</summary>
    public QuantileSketch Window { get; }

    public void Add(double value) => (_open ??= Take()).Add(value);

    public void Close(bool isEmpty)
    {
        var pane = isEmpty ? null : _open;
        if (pane is not null)
        {
            Window.Merge(pane);
            _open = null;
        }

        _closed.Push(pane);
    }

    public void Evict()
    {
        if (_closed.Pop() is not { } pane)
        {
            return;
        }

        if (!Window.Subtract(pane))
        {
            Rebuild();
        }

        pane.Clear();
        _free.Push(pane);
    }

    public void Clear()
    {
        while (_closed.Count > 0)
        {
            if (_closed.Pop() is { } pane)
            {
                pane.Clear();
                _free.Push(pane);
            }
        }

        _open?.Clear();
        Window.Clear();
    }

    // The running sketch has collapsed further than the pane, so that the pane's counts cannot be told apart in it.
    private void Rebuild()
    {
        Window.Clear();
        for (int i = 0; i < _closed.Count; i++)
        {
            if (_closed[i] is { } pane)
            {
                Window.Merge(pane);
            }
        }
    }

    private QuantileSketch Take() => _free.TryPop(out var sketch) ? sketch : NewSketch();

    private QuantileSketch NewSketch() => new(_options.RelativeAccuracy, _options.MaximumSketchBytes);
}
