using System.Runtime.InteropServices;

namespace ReactiveLink.Metrics.Windows;

/// <summary>The panes of an aggregation of the user's own, by the values' own time. Late values change panes in the middle, so nothing is ever taken out of a merge.</summary>
internal sealed class EventAggregatorState<T, TAccumulator, TResult>(IWindowAggregator<T, TAccumulator, TResult> aggregator, int maximum)
    : EventState<T, WindowResult<TResult>>
{
    private readonly PaneTree<Pane, Merger> _panes = new(new Merger(aggregator));

    public override IPaneNumbers Numbers => _panes;

    public override bool Add(long pane, T value)
    {
        if (_panes.Touch(pane, maximum) is not { } found)
        {
            return false;
        }

        found.Value = new Pane(aggregator.Add(found.Value.Accumulator, value), found.Value.Count + 1);
        return true;
    }

    public override void ForgetBefore(long pane)
    {
        while (_panes.Count > 0 && _panes.Oldest < pane)
        {
            _panes.RemoveOldest();
        }
    }

    public override WindowResult<TResult> Result(in WindowBounds bounds, long from, long until)
    {
        var window = _panes.Query(from, until);
        return WindowResult.Create(in bounds, window.Count, aggregator.Result(window.Accumulator));
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Pane(TAccumulator Accumulator, long Count);

    private readonly struct Merger(IWindowAggregator<T, TAccumulator, TResult> aggregator) : IMerger<Pane>
    {
        public Pane Empty => new(aggregator.Create(), 0);

        public Pane Merge(in Pane older, in Pane newer) => new(aggregator.Merge(older.Accumulator, newer.Accumulator), older.Count + newer.Count);
    }
}
