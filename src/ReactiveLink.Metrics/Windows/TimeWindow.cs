using System.Reactive.Concurrency;

namespace ReactiveLink.Metrics.Windows;

/// <summary>Windows of time, tumbling or sliding, over any state of panes.</summary>
internal sealed class TimeWindowObservable<T, TValue, TResult>(
    IObservable<T> source,
    Func<T, TValue> selector,
    PaneGrid grid,
    Func<int, WindowState<TValue, TResult>> state,
    int flushAt,
    WindowOptions options,
    IScheduler scheduler) : IObservable<TResult>
{
    public IDisposable Subscribe(IObserver<TResult> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return new Sink(observer, selector, grid, state(grid.PanesPerWindow + 1), flushAt, options, scheduler).Run(source);
    }

    private sealed class Sink(
        IObserver<TResult> observer,
        Func<T, TValue> selector,
        PaneGrid grid,
        WindowState<TValue, TResult> state,
        int flushAt,
        WindowOptions options,
        IScheduler scheduler) : SerializedSink<T, TResult>(observer, scheduler, options)
    {
        private readonly PaneGrid _grid = grid;
        private long _stepEnd;
        private long _paneEnd;
        private int _panes;

        // Values of panes that were closed since the last window was told.
        private long _fresh;

        protected override void Start()
        {
            long origin = Options.AlignToSubscription ? Subscribed : DateTimeOffset.UnixEpoch.UtcTicks;
            _stepEnd = _grid.NextEnd(Subscribed, origin);
            _paneEnd = _stepEnd - ((_stepEnd - Subscribed - 1) / _grid.Pane * _grid.Pane);
            ArrangeTimer();
        }

        protected override void Accept(T value, long now)
        {
            var selected = selector(value);
            if (now >= _paneEnd)
            {
                Advance(now);
                ArrangeTimer();
            }

            bool wasIdle = state.Count + state.OpenCount == 0;
            if (!state.Add(selected))
            {
                Drop(WindowDropReason.BufferFull, 1);
            }
            else if (wasIdle)
            {
                ArrangeTimer();
            }

            if (state.OpenCount >= flushAt)
            {
                Flush(now);
            }
        }

        protected override void Tick(long now)
        {
            Advance(now);
            ArrangeTimer();
        }

        protected override void Finish(long now)
        {
            Advance(now);
            if (state.OpenCount == 0 && _fresh == 0)
            {
                return;
            }

            long end = _stepEnd;
            while (_paneEnd < end)
            {
                ClosePane();
                EvictPane();
                if (state.Count == 0)
                {
                    return;
                }
            }

            ClosePane();
            if (state.Count > 0)
            {
                Emit(state.Result(new WindowBounds(end - _grid.Length, end, IsPartial: true)));
            }
        }

        private void Advance(long now)
        {
            int empty = 0;
            while (_paneEnd <= now && !IsStopped)
            {
                long end = _paneEnd;
                ClosePane();
                if (end == _stepEnd)
                {
                    _stepEnd += _grid.Step;
                    _fresh = 0;
                    if (state.Count > 0 || Options.EmitEmpty)
                    {
                        long start = end - _grid.Length;
                        empty += state.Count == 0 ? 1 : 0;
                        Emit(state.Result(new WindowBounds(start, end, IsPartial: start < Subscribed)));
                    }
                }

                EvictPane();
                if (state.Count == 0 && _paneEnd <= now)
                {
                    SkipEmpty(now, Options.EmitEmpty ? Math.Max(0, Options.MaximumCatchUp - empty) : 0);
                    SkipPanes(now);
                }
            }
        }

        // All panes are empty: what would be told from here is known without closing them one by one.
        private void SkipEmpty(long now, int told)
        {
            long ends = now < _stepEnd ? 0 : 1 + ((now - _stepEnd) / _grid.Step);
            long skipped = ends - told;
            if (skipped <= 0)
            {
                return;
            }

            _stepEnd += skipped * _grid.Step;
            _paneEnd = _stepEnd - _grid.Step + _grid.Pane;
            if (Options.EmitEmpty)
            {
                Drop(WindowDropReason.EmptyWindowsSkipped, skipped);
            }
        }

        // Of a step that is much longer than its window most panes are in no window.
        private void SkipPanes(long now)
        {
            if (_paneEnd <= now)
            {
                long passed = 1 + ((now - _paneEnd) / _grid.Pane);
                _paneEnd = Math.Min(_stepEnd, _paneEnd + (passed * _grid.Pane));
            }
        }

        private void ClosePane()
        {
            _fresh += state.OpenCount;
            state.ClosePane();
            _panes++;
            _paneEnd += _grid.Pane;
        }

        // Once a window could have been told, its oldest pane is in no later one.
        private void EvictPane()
        {
            if (_panes == _grid.PanesPerWindow)
            {
                state.EvictPane();
                _panes--;
            }
        }

        // By count before the time is up; tumbling buffers alone do that.
        private void Flush(long now)
        {
            long end = _paneEnd;
            ClosePane();
            _paneEnd = end;
            Emit(state.Result(new WindowBounds(end - _grid.Length, now, IsPartial: true)));
            state.Clear();
            _panes = 0;
            _fresh = 0;
        }

        // Without values, and with no one to tell of their absence, there is nothing to wait for.
        private void ArrangeTimer()
        {
            if (Options.EmitEmpty || state.Count + state.OpenCount > 0)
            {
                WakeAt(_stepEnd);
            }
            else
            {
                Sleep();
            }
        }
    }
}
