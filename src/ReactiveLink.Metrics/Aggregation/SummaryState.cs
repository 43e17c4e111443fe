namespace ReactiveLink.Metrics.Windows;

/// <summary>
/// The panes of numbers. What has no inverse is kept by <see cref="DabaLite{T, TMerger}"/>; percentiles by one running sketch, into which a closed pane is merged
/// and from which it is subtracted when it leaves (bucket counts are integers, so that is exact). Nothing is allocated once every pane has had its sketch.
/// </summary>
internal sealed class SummaryState : WindowState<double, WindowSummary>
{
    private readonly Aggregates _aggregates;
    private readonly PercentileMode _percentiles;
    private readonly DabaLite<Moments, MomentsMerger> _panes;
    private readonly SketchPanes? _sketches;
    private readonly Ring<long> _counts;
    private Moments _open;
    private long _count;

    /// <param name="panes">The most closed panes at once.</param>
    /// <param name="options">What is kept.</param>
    public SummaryState(int panes, WindowOptions options)
    {
        _aggregates = options.Aggregates;
        _percentiles = options.Percentiles;
        _panes = new DabaLite<Moments, MomentsMerger>(panes, default);
        _counts = new Ring<long>(panes);
        if (_percentiles != PercentileMode.None)
        {
            _sketches = new SketchPanes(panes, options);
        }
    }

    public override long Count => _count;

    public override long OpenCount => _open.Taken;

    public override bool Add(double value)
    {
        if (!double.IsFinite(value))
        {
            _open.Refused++;
            return true;
        }

        _open.Add(value, _aggregates);
        _sketches?.Add(value);
        return true;
    }

    public override void ClosePane()
    {
        _panes.Insert(in _open);
        _counts.Push(_open.Taken);
        _count += _open.Taken;
        _sketches?.Close();
        _open = default;
    }

    public override void EvictPane()
    {
        _panes.Evict();
        _count -= _counts.Pop();
        _sketches?.Evict();
    }

    public override WindowSummary Result(in WindowBounds bounds)
    {
        var moments = _panes.Query();
        return WindowSummary.Create(in bounds, in moments, _aggregates, _percentiles, _sketches);
    }

    public override void Clear()
    {
        _open = default;
        _count = 0;
        _counts.Clear();
        _panes.Clear();
        _sketches?.Clear();
    }
}
