namespace ReactiveLink.Metrics.Windows;

/// <summary>The panes of an aggregation of the user's own.</summary>
internal sealed class AggregatorState<T, TAccumulator, TResult> : WindowState<T, WindowResult<TResult>>
{
    private readonly IWindowAggregator<T, TAccumulator, TResult> _aggregator;
    private readonly IRemovableAggregator<T, TAccumulator, TResult>? _removable;
    private readonly DabaLite<TAccumulator, Merger>? _panes;
    private readonly Ring<TAccumulator>? _removablePanes;
    private readonly Ring<long> _counts;
    private TAccumulator _open;
    private TAccumulator _window;
    private long _openCount;
    private long _count;

    public AggregatorState(int panes, IWindowAggregator<T, TAccumulator, TResult> aggregator)
    {
        _aggregator = aggregator;
        _counts = new Ring<long>(panes);
        _removable = aggregator as IRemovableAggregator<T, TAccumulator, TResult>;
        if (_removable is null)
        {
            _panes = new DabaLite<TAccumulator, Merger>(panes, new Merger(aggregator));
        }
        else
        {
            _removablePanes = new Ring<TAccumulator>(panes);
        }

        _open = aggregator.Create();
        _window = aggregator.Create();
    }

    public override long Count => _count;

    public override long OpenCount => _openCount;

    public override bool Add(T value)
    {
        _open = _aggregator.Add(_open, value);
        _openCount++;
        return true;
    }

    public override void ClosePane()
    {
        if (_panes is not null)
        {
            _panes.Insert(in _open);
        }
        else
        {
            _window = _aggregator.Merge(_window, _open);
            _removablePanes!.Push(_open);
        }

        _open = _aggregator.Create();
        _counts.Push(_openCount);
        _count += _openCount;
        _openCount = 0;
    }

    public override void EvictPane()
    {
        if (_panes is not null)
        {
            _panes.Evict();
        }
        else
        {
            _window = _removable!.Remove(_window, _removablePanes!.Pop());
        }

        _count -= _counts.Pop();
    }

    public override WindowResult<TResult> Result(in WindowBounds bounds) =>
        WindowResult.Create(in bounds, _count, _aggregator.Result(_panes is not null ? _panes.Query() : _window));

    public override void Clear()
    {
        _panes?.Clear();
        _removablePanes?.Clear();
        _counts.Clear();
        _open = _aggregator.Create();
        _window = _aggregator.Create();
        _openCount = 0;
        _count = 0;
    }

    private readonly struct Merger(IWindowAggregator<T, TAccumulator, TResult> aggregator) : IMerger<TAccumulator>
    {
        public TAccumulator Empty => aggregator.Create();

        public TAccumulator Merge(in TAccumulator older, in TAccumulator newer) => aggregator.Merge(older, newer);
    }
}
