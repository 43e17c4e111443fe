using System.Reactive.Concurrency;
using ReactiveLink.Shared;

namespace ReactiveLink.Metrics.Windows;

/// <summary>Windows by the items' own time, over any state of panes.</summary>
internal sealed class EventTimeWindowObservable<T, TValue, TResult>(
    IObservable<T> source,
    Func<T, TValue> selector,
    Func<T, DateTimeOffset> timestamp,
    PaneGrid grid,
    EventTimeOptions eventTime,
    IObserver<T>? late,
    Func<EventState<TValue, TResult>> state,
    WindowOptions options,
    IScheduler scheduler) : IObservable<TResult>
{
    public IDisposable Subscribe(IObserver<TResult> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return new Sink(observer, selector, timestamp, grid, eventTime, late, state(), options, scheduler).Run(source);
    }

    // Times are in ticks since the Unix epoch throughout, so that panes are numbered from it.
    private sealed class Sink(
        IObserver<TResult> observer,
        Func<T, TValue> selector,
        Func<T, DateTimeOffset> timestamp,
        PaneGrid grid,
        EventTimeOptions eventTime,
        IObserver<T>? late,
        EventState<TValue, TResult> state,
        WindowOptions options,
        IScheduler scheduler) : SerializedSink<T, TResult>(observer, scheduler, options)
    {
        // More than all of the calendar, and far from what a sum of ticks can hold.
        private const long Longest = 1L << 61;
        private static readonly long Epoch = DateTimeOffset.UnixEpoch.UtcTicks;
        private readonly PaneGrid _grid = grid;
        private readonly long _disorder = Math.Min(eventTime.Disorder.Ticks, Longest);
        private readonly long _lateness = Math.Min(eventTime.AllowedLateness.Ticks, Longest);
        private readonly long? _idle = eventTime.IdleTimeout is { } idle ? Math.Min(idle.Ticks, Longest) : null;
        private readonly ToldWindows? _told = eventTime.AllowedLateness > TimeSpan.Zero ? new ToldWindows(grid.Step, eventTime.MaximumRevised) : null;
        private readonly SideObserver<T> _late = new(late);
        private bool _started;
        private bool _hasTold;
        private long _newest;
        private long _watermark;
        private long _nextEnd;
        private long _lastArrival;
        private long _timerDue = long.MaxValue;

        protected override void Start()
        {
        }

        protected override void Accept(T value, long now)
        {
            var selected = selector(value);
            long time = timestamp(value).UtcTicks - Epoch;
            if (eventTime.MaximumAhead is { } ahead && time + Epoch - now > ahead.Ticks)
            {
                Drop(WindowDropReason.Future, 1);
                return;
            }

            GoOn(now);
            _lastArrival = now;
            if (!_started)
            {
                _started = true;
                _newest = time;
                _watermark = time - _disorder;
                _nextEnd = _grid.NextEnd(_watermark, 0);
                _told?.Pass(long.MinValue, _nextEnd);
            }
            else if (time > _newest)
            {
                _newest = time;
                MoveTo(time - _disorder);
            }

            Place(value, selected, time);
            ArrangeTimer();
        }

        protected override void Tick(long now)
        {
            _timerDue = long.MaxValue;
            if (now >= NextDue())
            {
                GoOn(now);
            }

            ArrangeTimer();
        }

        protected override void Finish(long now)
        {
            GoOn(now);
            if (state.Numbers.Count > 0)
            {
                TellUpTo(Math.Max(_watermark, LastEnd(state.Numbers.Newest * _grid.Pane)), _watermark);
            }
        }

        private long FloorPane(long time) => (time - (((time % _grid.Pane) + _grid.Pane) % _grid.Pane)) / _grid.Pane;

        // Of the last window that reaches over a time; that or earlier if the interval leaves the time out.
        private long LastEnd(long time) => _grid.NextEnd(time + _grid.Length, 0) - _grid.Step;

        private void Place(T value, TValue selected, long time)
        {
            long lastEnd = LastEnd(time);
            if (lastEnd <= time)
            {
                return;
            }

            if (lastEnd + _lateness <= _watermark)
            {
                TellLate(value);
            }
            else if (!state.Add(FloorPane(time), selected))
            {
                Drop(WindowDropReason.PaneLimit, 1);
            }
            else if (time < _watermark)
            {
                Revise(time);
            }
        }

        // An idle source's watermark follows the clock, but only as far as there is something to tell: it makes no one late for nothing.
        private void GoOn(long now)
        {
            if (_started && _idle is { } idle && now - _lastArrival >= idle && state.Numbers.Count > 0)
            {
                MoveTo(Math.Min(_newest - _disorder + (now - _lastArrival), LastEnd(state.Numbers.Newest * _grid.Pane)));
            }
        }

        private void MoveTo(long watermark)
        {
            if (watermark <= _watermark)
            {
                return;
            }

            _watermark = watermark;
            if (_nextEnd <= watermark)
            {
                TellUpTo(watermark, watermark);
            }

            // The oldest window that may still be told, or told again, ends after this.
            long settled = watermark - _lateness;
            state.ForgetBefore(FloorPane(_grid.NextEnd(settled, 0) - _grid.Length));
            _told?.Settle(settled);
        }

        private void TellUpTo(long until, long reached)
        {
            int empty = 0;
            while (_nextEnd <= until && !IsStopped)
            {
                // Up to the next window with values nothing but empty windows would be told.
                long? first = state.Numbers.FirstFrom(FloorPane(_nextEnd - _grid.Length));
                long nextWithValues = first is { } pane ? Math.Max(_nextEnd, _grid.NextEnd(pane * _grid.Pane, 0)) : long.MaxValue;
                if (nextWithValues > _nextEnd)
                {
                    bool tells = Options.EmitEmpty && first is not null && _hasTold;
                    long steps = (Math.Min(nextWithValues, _grid.NextEnd(until, 0)) - _nextEnd) / _grid.Step;
                    long told = tells ? Math.Min(steps, Math.Max(0, Options.MaximumCatchUp - empty)) : 0;
                    if (steps > told)
                    {
                        Pass(steps - told);
                        if (tells)
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

        private void Pass(long steps)
        {
            long first = _nextEnd;
            _nextEnd += steps * _grid.Step;
            _told?.Pass(first, _nextEnd);
        }

        private void Tell(long end, bool isPartial, int revision)
        {
            _hasTold = true;
            var bounds = new WindowBounds(end - _grid.Length + Epoch, end + Epoch, isPartial, revision);
            Emit(state.Result(in bounds, FloorPane(end - _grid.Length), FloorPane(end)));
        }

        private void Revise(long time)
        {
            long untold = 0;
            long first = Math.Max(_grid.NextEnd(time, 0), _grid.NextEnd(_watermark - _lateness, 0));
            for (long end = first; end < _nextEnd && end - _grid.Length <= time && !IsStopped; end += _grid.Step)
            {
                if (_told!.NextRevision(end) is { } revision)
                {
                    Tell(end, isPartial: false, revision);
                }
                else
                {
                    untold++;
                }
            }

            if (untold > 0)
            {
                Drop(WindowDropReason.RevisionLimit, untold);
            }
        }

        // When the watermark, going on with the clock, reaches the next end with values; not before the source is idle.
        private long NextDue()
        {
            if (_idle is not { } idle || state.Numbers.FirstFrom(FloorPane(_nextEnd - _grid.Length)) is not { } pane)
            {
                return long.MaxValue;
            }

            long end = Math.Max(_nextEnd, _grid.NextEnd(pane * _grid.Pane, 0));
            return _lastArrival + Math.Max(idle, end - (_newest - _disorder));
        }

        // A timer set earlier is left; it sets the next. So there is one for each idle timeout, not for each item.
        private void ArrangeTimer()
        {
            if (_timerDue != long.MaxValue && _timerDue <= _lastArrival + _idle!.Value)
            {
                return;
            }

            long due = NextDue();
            if (due < _timerDue)
            {
                _timerDue = due;
                WakeAt(due);
            }
        }

        private void TellLate(T value)
        {
            Drop(WindowDropReason.Late, 1);
            _late.OnNext(value);
        }
    }
}
