using System.Reactive.Concurrency;
using ReactiveLink.Metrics.Windows;

namespace ReactiveLink.Metrics;

public static partial class WindowObservable
{
    /// <summary>
    /// Windows by the items' own timestamps, tumbling or sliding, half-open, ending at whole multiples of the interval after the Unix epoch. The watermark says up to when all
    /// has come: the newest timestamp less <see cref="EventTimeOptions.Disorder"/>. A window is told when the watermark reaches its end, and again, revised, with each item
    /// that still comes within <see cref="EventTimeOptions.AllowedLateness"/>. Adding an item costs the same at any overlap; telling a window merges its panes.
    /// <list type="table">
    /// <listheader><term>input</term><description>output; counter; state</description></listheader>
    /// <item><term>an item not before the watermark</term><description>the windows that the watermark passes; <see cref="WindowSummary.Count"/>; the watermark may go on</description></item>
    /// <item><term>late, for windows told already, within the lateness</term><description>each of those windows, <see cref="WindowSummary.IsRevision"/>; <see cref="WindowSummary.Revision"/>; none</description></item>
    /// <item><term>later than that</term><description>nothing; <see cref="WindowDropReason.Late"/>, and the item to <paramref name="late"/>; none</description></item>
    /// <item><term>further ahead of the clock than is believed</term><description>nothing; <see cref="WindowDropReason.Future"/>; none</description></item>
    /// <item><term>nothing for the idle timeout</term><description>the windows that the watermark passes; none; the watermark goes on with the scheduler's clock</description></item>
    /// <item><term>a delegate throws</term><description>the exception as error; the end</description></item>
    /// <item><term>error</term><description>passed on at once</description></item>
    /// <item><term>completion</term><description>all windows with values that were not told, those that the watermark had not reached partial; then completion</description></item>
    /// </list>
    /// </summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="selector">The number of an item.</param>
    /// <param name="timestamp">When an item came to be.</param>
    /// <param name="length">How long a window is; more than 0.</param>
    /// <param name="every">The interval, or null for <paramref name="length"/>: windows without overlap.</param>
    /// <param name="eventTime">How far items may be out of order, or null for the defaults.</param>
    /// <param name="late">Who gets the items that are too late, or null for nobody. Gets neither error nor completion.</param>
    /// <param name="options">What is kept, or null for the defaults. Empty windows are told between windows with values only.</param>
    /// <param name="scheduler">The clock for idleness and the future, or null for the default scheduler's.</param>
    /// <returns>A summary of each window, and its revisions. <see cref="WindowSummary.First"/> and <see cref="WindowSummary.Last"/> go by pane, and within one by arrival.</returns>
    /// <exception cref="ArgumentNullException">A required argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A span is not positive, or a window would have too many panes.</exception>
    /// <exception cref="ArgumentException">Options are not valid; the message lists every error.</exception>
    public static IObservable<WindowSummary> EventTimeWindow<T>(
        this IObservable<T> source,
        Func<T, double> selector,
        Func<T, DateTimeOffset> timestamp,
        TimeSpan length,
        TimeSpan? every = null,
        EventTimeOptions? eventTime = null,
        IObserver<T>? late = null,
        WindowOptions? options = null,
        IScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(selector);
        ArgumentNullException.ThrowIfNull(timestamp);
        var grid = PaneGrid.Of(length, every ?? length);
        var validEventTime = (eventTime ?? EventTimeOptions.Default).Validate(nameof(eventTime));
        var valid = (options ?? WindowOptions.Default).Validate(nameof(options));
        return new EventTimeWindowObservable<T>(source, selector, timestamp, grid, validEventTime, late, valid, scheduler ?? DefaultScheduler.Instance);
    }
}

internal sealed class EventTimeWindowObservable<T>(
    IObservable<T> source,
    Func<T, double> selector,
    Func<T, DateTimeOffset> timestamp,
    PaneGrid grid,
    EventTimeOptions eventTime,
    IObserver<T>? late,
    WindowOptions options,
    IScheduler scheduler) : IObservable<WindowSummary>
{
    private Func<T, double> Selector => selector;

    private Func<T, DateTimeOffset> Timestamp => timestamp;

    private PaneGrid Grid => grid;

    private EventTimeOptions EventTime => eventTime;

    private IObserver<T>? Late => late;

    public IDisposable Subscribe(IObserver<WindowSummary> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return new Sink(this, observer, options, scheduler).Run(source);
    }

    // Times are in ticks since the Unix epoch throughout, so that panes are numbered from it.
    private sealed class Sink(EventTimeWindowObservable<T> parent, IObserver<WindowSummary> observer, WindowOptions options, IScheduler scheduler)
        : SerializedSink<T, WindowSummary>(observer, scheduler, options)
    {
        private static readonly long Epoch = DateTimeOffset.UnixEpoch.UtcTicks;
        private readonly PaneGrid _grid = parent.Grid;
        private readonly EventPanes _panes = new(options, parent.EventTime.MaximumPanes);
        private readonly Dictionary<long, int> _revisions = [];
        private readonly long _disorder = parent.EventTime.Disorder.Ticks;
        private readonly long _lateness = parent.EventTime.AllowedLateness.Ticks;
        private IObserver<T>? _late = parent.Late;
        private bool _started;
        private long _newest;
        private long _watermark;
        private long _nextEnd;
        private long _lastArrival;

        protected override void Start()
        {
        }

        protected override void Accept(T value, long now)
        {
            double number = parent.Selector(value);
            long time = parent.Timestamp(value).UtcTicks - Epoch;
            if (parent.EventTime.MaximumAhead is { } ahead && time + Epoch - now > ahead.Ticks)
            {
                Drop(WindowDropReason.Future, 1);
                return;
            }

            _lastArrival = now;
            if (!_started)
            {
                _started = true;
                _newest = time;
                _watermark = time - _disorder;
                _nextEnd = _grid.NextEnd(_watermark, 0);
            }

            long lastEnd = _grid.NextEnd(time + _grid.Length, 0) - _grid.Step;
            if (lastEnd + _lateness <= _watermark)
            {
                TellLate(value);
            }
            else if (!_panes.Add(FloorPane(time), number))
            {
                Drop(WindowDropReason.PaneLimit, 1);
            }
            else
            {
                Revise(time);
            }

            _newest = Math.Max(_newest, time);
            MoveTo(_newest - _disorder);
            ArrangeTimer();
        }

        protected override void Tick(long now)
        {
            if (_started && now - _lastArrival >= parent.EventTime.IdleTimeout!.Value.Ticks)
            {
                MoveTo(_newest - _disorder + (now - _lastArrival));
            }

            ArrangeTimer();
        }

        protected override void Finish(long now)
        {
            long reached = _watermark;
            if (!_panes.IsEmpty)
            {
                long last = ((_panes.Newest() + 1) * _grid.Pane) + _grid.Length;
                TellUpTo(Math.Max(reached, last), reached);
            }
        }

        private long FloorPane(long time) => (long)Math.Floor((decimal)time / _grid.Pane);

        private void MoveTo(long watermark)
        {
            if (watermark > _watermark)
            {
                _watermark = watermark;
                TellUpTo(watermark, watermark);
                Forget();
            }
        }

        private void TellUpTo(long until, long reached)
        {
            int empty = 0;
            while (_nextEnd <= until && !IsStopped)
            {
                // Up to the next window with values nothing but empty windows would be told.
                long? first = _panes.FirstFrom(FloorPane(_nextEnd - _grid.Length));
                long nextWithValues = first is { } pane ? Math.Max(_nextEnd, _grid.NextEnd(pane * _grid.Pane, 0)) : long.MaxValue;
                if (nextWithValues > _nextEnd)
                {
                    long steps = (Math.Min(nextWithValues, _grid.NextEnd(until, 0)) - _nextEnd) / _grid.Step;
                    long told = Options.EmitEmpty && first is not null ? Math.Min(steps, Math.Max(0, Options.MaximumCatchUp - empty)) : 0;
                    if (steps > told)
                    {
                        _nextEnd += (steps - told) * _grid.Step;
                        if (Options.EmitEmpty && first is not null)
                        {
                            Drop(WindowDropReason.EmptyWindowsSkipped, steps - told);
                        }

                        continue;
                    }

                    empty++;
                }

                long end = _nextEnd;
                _nextEnd += _grid.Step;
                Tell(end, end > reached, revision: 0);
            }
        }

        private void Tell(long end, bool isPartial, int revision) => Emit(_panes.Result(
            new WindowBounds(end - _grid.Length + Epoch, end + Epoch, isPartial, revision), FloorPane(end - _grid.Length), _grid.PanesPerWindow));

        private void Revise(long time)
        {
            for (long end = _grid.NextEnd(time, 0); end < _nextEnd && end - _grid.Length <= time; end += _grid.Step)
            {
                if (end + _lateness > _watermark)
                {
                    int revision = _revisions.GetValueOrDefault(end) + 1;
                    _revisions[end] = revision;
                    Tell(end, isPartial: false, revision);
                }
            }
        }

        private void Forget()
        {
            // The oldest window that may still be told, or told again, ends after this.
            long settled = Math.Min(_nextEnd - 1, _watermark - _lateness);
            _panes.ForgetBefore(FloorPane(_grid.NextEnd(settled, 0) - _grid.Length));
            if (_revisions.Count > 0)
            {
                foreach (long end in _revisions.Keys)
                {
                    if (end <= settled)
                    {
                        _revisions.Remove(end);
                    }
                }
            }
        }

        private void ArrangeTimer()
        {
            if (parent.EventTime.IdleTimeout is not { } idle || _panes.IsEmpty)
            {
                Sleep();
                return;
            }

            // When the watermark, going on with the clock, reaches the next end; not before the source is idle.
            WakeAt(_lastArrival + Math.Max(idle.Ticks, _nextEnd - (_newest - _disorder)));
        }

        private void TellLate(T value)
        {
            Drop(WindowDropReason.Late, 1);
            try
            {
                _late?.OnNext(value);
            }
            catch (Exception)
            {
                // The stream must not end for an observer beside it; it is not told again.
                _late = null;
            }
        }
    }
}
