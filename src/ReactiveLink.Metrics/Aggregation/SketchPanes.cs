using System.Numerics;
using ReactiveLink.Metrics.Quantiles;

namespace ReactiveLink.Metrics.Windows;

/// <summary>
/// What panes and the window know of the distribution of values: the panes each their own, the window a running sketch, into which a closed pane is merged and
/// from which it is subtracted when it leaves. What panes that left had allocated is used again.
/// </summary>
internal sealed class SketchPanes
{
    // What an array takes besides its items, in values.
    private const int ArrayHeader = 3;

    private readonly Ring<SketchPane> _closed;
    private readonly Stack<QuantileSketch> _freeSketches = new();
    private readonly Stack<int[]> _freeCodes = new();
    private readonly WindowOptions _options;
    private readonly int _mostValues;

    // The open pane: its sketch, or its values as they came. There is room for some only once it is settled that it has no sketch.
    private QuantileSketch? _sketch;
    private double[] _values = [];
    private int _length;
    private int _room;

    public SketchPanes(int panes, WindowOptions options)
    {
        _options = options;
        _mostValues = Math.Min(SketchPane.MostCodes, (options.MaximumSketchBytes / sizeof(double)) - ArrayHeader);
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
        if (_length < _room)
        {
            _values[_length++] = value;
        }
        else if (_sketch is not null || !MakeRoom())
        {
            _sketch!.Add(value);
        }
        else
        {
            _values[_length++] = value;
        }
    }

    public void Close()
    {
        var pane = _sketch is not null ? new SketchPane { Sketch = _sketch } : Encode();
        pane.MergeInto(Window);
        _closed.Push(pane);
        Open();
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

        Free(new SketchPane { Sketch = _sketch });
        Open();
        Window.Clear();
    }

    private void Open()
    {
        _sketch = null;
        _length = 0;
        _room = 0;
    }

    // False if the open pane is a sketch from now on. While the window holds its values as they are, or none, so does the pane: a few are then told exactly.
    private bool MakeRoom()
    {
        if (_length == 0 && Window.IsExact)
        {
            _sketch = TakeSketch();
            return false;
        }

        if (_length == _mostValues)
        {
            var codes = Encode();
            Open();
            _sketch = TakeSketch();
            codes.MergeInto(_sketch);
            Free(in codes);
            return false;
        }

        if (_length == _values.Length)
        {
            Array.Resize(ref _values, Math.Min(_mostValues, Math.Max(8, _length * 2)));
        }

        _room = _values.Length;
        return true;
    }

    private SketchPane Encode()
    {
        if (_length == 0)
        {
            return default;
        }

        if (!_freeCodes.TryPop(out var codes) || codes.Length < _length)
        {
            codes = new int[Math.Max(8, BitOperations.RoundUpToPowerOf2((uint)_length))];
        }

        var values = _values.AsSpan(0, _length);
        Window.CodesOf(values, codes);
        double minimum = values[0];
        double maximum = values[0];
        foreach (double value in values)
        {
            minimum = value < minimum ? value : minimum;
            maximum = value > maximum ? value : maximum;
        }

        return new SketchPane(null, codes, _length, minimum, maximum);
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
        else if (pane.Codes is not null)
        {
            _freeCodes.Push(pane.Codes);
        }
    }

    private QuantileSketch TakeSketch() => _freeSketches.TryPop(out var sketch) ? sketch : NewSketch();

    private QuantileSketch NewSketch() => new(_options.RelativeAccuracy, _options.MaximumSketchBytes);
}
