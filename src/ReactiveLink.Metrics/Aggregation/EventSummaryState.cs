using System.Runtime.InteropServices;

namespace ReactiveLink.Metrics.Windows;

/// <summary>
/// The panes of numbers, by the values' own time. Percentiles come from one running sketch that goes to and fro over the panes: as counts are integers, those that it
/// reaches are merged into it and those that it leaves are subtracted, exactly.
/// </summary>
internal sealed class EventSummaryState : EventState<double, WindowSummary>
{
    private const int MaximumFree = 1024;
    private readonly WindowOptions _options;
    private readonly int _maximum;
    private readonly PaneTree<Pane, Merger> _panes = new(default);
    private readonly SketchPool? _sketches;
    private readonly QuantileSketch? _running;
    private long _from;
    private long _until;

    public EventSummaryState(WindowOptions options, int maximum)
    {
        _options = options;
        _maximum = maximum;
        if (options.Percentiles != PercentileMode.None)
        {
            _sketches = new SketchPool(options, MaximumFree);
            _running = _sketches.Take();
        }
    }

    public override IPaneNumbers Numbers => _panes;

    public override bool Add(long pane, double value)
    {
        if (_panes.Touch(pane, _maximum) is not { } found)
        {
            return false;
        }

        if (!double.IsFinite(value))
        {
            found.Value.Moments.Refused++;
            return true;
        }

        found.Value.Moments.Add(value, _options.Aggregates);
        if (_sketches is not null)
        {
            (found.Value.Sketch ??= _sketches.Take()).Add(value);
            if (pane >= _from && pane < _until)
            {
                _running!.Add(value);
            }
        }

        return true;
    }

    public override void ForgetBefore(long pane)
    {
        while (_panes.Count > 0 && _panes.Oldest is var oldest && oldest < pane)
        {
            if (oldest >= _from && oldest < _until)
            {
                MoveTo(oldest + 1, _until);
            }

            if (_panes.RemoveOldest().Sketch is { } sketch)
            {
                _sketches!.Return(sketch);
            }
        }
    }

    public override WindowSummary Result(in WindowBounds bounds, long from, long until)
    {
        var moments = _panes.Query(from, until).Moments;
        if (_running is not null)
        {
            MoveTo(from, until);
        }

        return WindowSummary.Create(in bounds, in moments, _options.Aggregates, _options.Percentiles, _running);
    }

    private void MoveTo(long from, long until)
    {
        if (_running is null)
        {
            return;
        }

        long way = Math.Abs(from - _from) + Math.Abs(until - _until);
        bool slides = way < until - from && TrySubtract(_from, Math.Min(from, _until)) && TrySubtract(Math.Max(until, _from), _until);
        if (slides)
        {
            Merge(from, Math.Min(_from, until));
            Merge(Math.Max(_until, from), until);
        }
        else
        {
            _running.Clear();
            Merge(from, until);
        }

        (_from, _until) = (from, until);
    }

    // False if the running sketch has collapsed further than a pane, so that the pane's counts cannot be told apart in it.
    private bool TrySubtract(long from, long until)
    {
        for (long? pane = Next(from, until); pane is { } number; pane = Next(number + 1, until))
        {
            if (_panes.Value(number).Sketch is { } sketch && !_running!.Subtract(sketch))
            {
                return false;
            }
        }

        return true;
    }

    private void Merge(long from, long until)
    {
        for (long? pane = Next(from, until); pane is { } number; pane = Next(number + 1, until))
        {
            if (_panes.Value(number).Sketch is { } sketch)
            {
                _running!.Merge(sketch);
            }
        }
    }

    private long? Next(long from, long until) => from < until && _panes.FirstFrom(from) is { } number && number < until ? number : null;

    [StructLayout(LayoutKind.Auto)]
    private struct Pane
    {
        public Moments Moments;
        public QuantileSketch? Sketch;
    }

    private readonly struct Merger : IMerger<Pane>
    {
        public Pane Empty => default;

        public Pane Merge(in Pane older, in Pane newer) => new() { Moments = Moments.Merge(in older.Moments, in newer.Moments) };
    }
}
