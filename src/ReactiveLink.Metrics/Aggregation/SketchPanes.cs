using ReactiveLink.Metrics.Quantiles;

namespace ReactiveLink.Metrics.Windows;

/// <summary>
/// What panes and the window know of the distribution of values: the panes each their own, the window a running sketch, into which a closed pane is merged and
/// from which it is subtracted when it leaves. What panes that left had allocated is used again.
/// </summary>
internal sealed class SketchPanes
{
    private readonly Ring<SketchPane> _closed;
    private readonly Stack<QuantileSketch> _freeSketches = new();
    private readonly Stack<int[]> _freeCodes = new();
    private readonly WindowOptions _options;
    private readonly int _mostCodes;
    private SketchPane _open = SketchPane.Empty;

    public SketchPanes(int panes, WindowOptions options)
    {
        _options = options;
        _mostCodes = Math.Min(SketchPane.MostCodes, (options.MaximumSketchBytes / sizeof(int)) - SketchPane.ArrayHeader);
        _closed = new Ring<SketchPane>(panes);
        Window = NewSketch();
    }

    /// <summary>The sketch of all closed panes.</summary>
    public QuantileSketch Window { get; }

    /// <summary>Where the standard percentiles of the last window were.</summary>
    public BucketHint[] Hints { get; } = [BucketHint.None, BucketHint.None, BucketHint.None, BucketHint.None];

    /// <summary>Takes a finite value.</summary>
    public void Add(double value)
    {
        if (_open.Sketch is { } sketch)
        {
            sketch.Add(value);
        }
        else
        {
            if (!_open.HasRoom && !MakeRoom())
            {
                _open.Sketch!.Add(value);
                return;
            }

            _open.Add(value, Window.CodeOf(value));
        }
    }

    public void Close()
    {
        _open.MergeInto(Window);
        _closed.Push(_open);
        _open = SketchPane.Empty;
    }

    public void Evict()
    {
        var pane = _closed.Pop();
        if (!pane.TrySubtractFrom(Window))
        {
            Rebuild();
        }

        Free(in pane);
    }

    public void Clear()
    {
        while (_closed.Count > 0)
        {
            Free(_closed.Pop());
        }

        Free(in _open);
        _open = SketchPane.Empty;
        Window.Clear();
    }

    // False if the open pane is a sketch from now on. While the window holds its values as they are, or none, so does the pane: a few are then told exactly.
    private bool MakeRoom()
    {
        if (_open.Length == 0 && Window.IsExact)
        {
            _open.Sketch = TakeSketch();
            return false;
        }

        if (_open.Length == _mostCodes)
        {
            var sketch = TakeSketch();
            _open.MergeInto(sketch);
            Free(in _open);
            _open = SketchPane.Empty;
            _open.Sketch = sketch;
            return false;
        }

        if (_open.Length > 0 || !_freeCodes.TryPop(out var codes))
        {
            codes = new int[Math.Min(_mostCodes, Math.Max(8, _open.Length * 2))];
        }

        _open.UseCodes(codes);
        return true;
    }

    // The running sketch has collapsed further than the pane, so that the pane's counts cannot be told apart in it.
    private void Rebuild()
    {
        Window.Clear();
        for (int i = 0; i < _closed.Count; i++)
        {
            _closed[i].MergeInto(Window);
        }
    }

    private void Free(in SketchPane pane)
    {
        if (pane.Sketch is { } sketch)
        {
            sketch.Clear();
            _freeSketches.Push(sketch);
        }
        else if (pane.Codes.Length > 0)
        {
            _freeCodes.Push(pane.Codes);
        }
    }

    private QuantileSketch TakeSketch() => _freeSketches.TryPop(out var sketch) ? sketch : NewSketch();

    private QuantileSketch NewSketch() => new(_options.RelativeAccuracy, _options.MaximumSketchBytes);
}
