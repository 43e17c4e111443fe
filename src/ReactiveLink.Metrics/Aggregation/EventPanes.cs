namespace ReactiveLink.Metrics.Windows;

/// <summary>
/// Panes by number, in any order, for values that come out of order. A window is merged from its panes when it is told; panes that no window needs any more are used
/// again.
/// </summary>
internal sealed class EventPanes(WindowOptions options, int maximum)
{
    private readonly SortedDictionary<long, Pane> _panes = [];
    private readonly Stack<Pane> _free = new();
    private readonly QuantileSketch? _merged = options.Percentiles == PercentileMode.None ? null : NewSketch(options);

    public bool IsEmpty => _panes.Count == 0;

    /// <summary>False if there are as many panes as may be.</summary>
    public bool Add(long number, double value)
    {
        if (!_panes.TryGetValue(number, out var pane))
        {
            if (_panes.Count >= maximum)
            {
                return false;
            }

            pane = _free.TryPop(out var used) ? used : new Pane(_merged is null ? null : NewSketch(options));
            _panes.Add(number, pane);
        }

        if (!double.IsFinite(value))
        {
            pane.Moments.Refused++;
            return true;
        }

        pane.Moments.Add(value, options.Aggregates);
        pane.Sketch?.Add(value);
        return true;
    }

    /// <summary>The first pane from a number on, or null.</summary>
    public long? FirstFrom(long number)
    {
        foreach (long found in _panes.Keys)
        {
            if (found >= number)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>The number of the newest pane; there must be one.</summary>
    public long Newest()
    {
        long newest = 0;
        foreach (long found in _panes.Keys)
        {
            newest = found;
        }

        return newest;
    }

    public void ForgetBefore(long number)
    {
        while (FirstFrom(long.MinValue) is { } first && first < number)
        {
            _panes.Remove(first, out var pane);
            pane!.Moments = default;
            pane.Sketch?.Clear();
            _free.Push(pane);
        }
    }

    public WindowSummary Result(in WindowBounds bounds, long from, long count)
    {
        var moments = default(Moments);
        _merged?.Clear();
        for (long number = from; number < from + count; number++)
        {
            if (_panes.TryGetValue(number, out var pane))
            {
                moments = Moments.Merge(in moments, in pane.Moments);
                if (pane.Sketch is { Count: > 0 } sketch)
                {
                    _merged!.Merge(sketch);
                }
            }
        }

        return WindowSummary.Create(in bounds, in moments, options.Aggregates, options.Percentiles, _merged);
    }

    private static QuantileSketch NewSketch(WindowOptions options) => new(options.RelativeAccuracy, options.MaximumSketchBytes);

    private sealed class Pane(QuantileSketch? sketch)
    {
        public Moments Moments;

        public QuantileSketch? Sketch => sketch;
    }
}
