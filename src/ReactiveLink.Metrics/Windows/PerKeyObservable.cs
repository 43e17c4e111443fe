using System.Reactive.Concurrency;

namespace ReactiveLink.Metrics.Windows;

/// <summary>Windows of time for each of a bounded number of keys, on one timer.</summary>
internal sealed class PerKeyObservable<T, TKey>(
    IObservable<T> source,
    Func<T, TKey> key,
    Func<T, double> selector,
    PaneGrid grid,
    int maxKeys,
    long idleExpiry,
    WindowOptions options,
    IEqualityComparer<TKey>? comparer,
    IScheduler scheduler) : IObservable<KeyedWindow<TKey>>
    where TKey : notnull
{
    public IDisposable Subscribe(IObserver<KeyedWindow<TKey>> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return new Sink(observer, key, selector, grid, maxKeys, idleExpiry, options, comparer, scheduler).Run(source);
    }

    private sealed class Sink(
        IObserver<KeyedWindow<TKey>> observer,
        Func<T, TKey> key,
        Func<T, double> selector,
        PaneGrid grid,
        int maxKeys,
        long idleExpiry,
        WindowOptions options,
        IEqualityComparer<TKey>? comparer,
        IScheduler scheduler) : SerializedSink<T, KeyedWindow<TKey>>(observer, scheduler, options)
    {
        private readonly Dictionary<TKey, Series> _keys = new(comparer);
        private readonly Stack<Series> _free = new();
        private readonly PaneGrid _grid = grid;
        private readonly SketchPool? _sketches = options.Percentiles == PercentileMode.None ? null : new SketchPool(options, 2 * Math.Min(maxKeys, int.MaxValue / 2));
        private Series? _overflow;
        private long _origin;
        private long _stepEnd;
        private long _pane;
        private long _paneEnd = long.MinValue;
        private long _beyondLimit;

        private bool HasSeries => _keys.Count > 0 || _overflow is not null;

        protected override void Start()
        {
            _origin = Options.AlignToSubscription ? Subscribed : DateTimeOffset.UnixEpoch.UtcTicks;
            _stepEnd = _grid.NextEnd(Subscribed, _origin);
        }

        protected override void Accept(T value, long now)
        {
            var itsKey = key(value);
            double number = selector(value);
            if (now >= _stepEnd)
            {
                Advance(now);
            }

            if (now >= _paneEnd)
            {
                _pane = PaneOf(now);
                _paneEnd = _origin + ((_pane + 1) * _grid.Pane);
            }

            if (!_keys.TryGetValue(itsKey, out var series))
            {
                if (_keys.Count < maxKeys)
                {
                    series = Take();
                    _keys.Add(itsKey, series);
                }
                else
                {
                    series = _overflow ??= Take();
                    _beyondLimit++;
                }
            }

            series.LastSeen = now;
            series.IsFresh = true;
            series.Panes.Add(number, _pane, _grid.PanesPerWindow);
            WakeAt(_stepEnd);
        }

        protected override void Tick(long now)
        {
            Advance(now);
            if (HasSeries)
            {
                WakeAt(_stepEnd);
            }
        }

        protected override void Finish(long now)
        {
            Advance(now);
            ReportLimit();
            foreach (var (itsKey, series) in _keys)
            {
                TellLast(itsKey, series, isOverflow: false);
            }

            if (_overflow is { } overflow)
            {
                TellLast(default, overflow, isOverflow: true);
            }

            void TellLast(TKey? itsKey, Series series, bool isOverflow)
            {
                series.Panes.MoveTo(FirstPane(_stepEnd));
                if (series.IsFresh && series.Panes.Count > 0)
                {
                    Emit(new KeyedWindow<TKey>(itsKey, series.Panes.Result(new WindowBounds(_stepEnd - _grid.Length, _stepEnd, IsPartial: true)), isOverflow));
                }
            }
        }

        private Series Take() => _free.TryPop(out var used) ? used : new Series(new SparsePanes(Options, _sketches));

        private long PaneOf(long time) => (time - _origin - (((time - _origin) % _grid.Pane + _grid.Pane) % _grid.Pane)) / _grid.Pane;

        // Of the window with that end, which is a pane's end.
        private long FirstPane(long end) => ((end - _origin) / _grid.Pane) - _grid.PanesPerWindow;

        private void Advance(long now)
        {
            long empty = 0;
            while (_stepEnd <= now && !IsStopped)
            {
                if (!HasSeries)
                {
                    // There is no one to tell of.
                    _stepEnd += (1 + ((now - _stepEnd) / _grid.Step)) * _grid.Step;
                    return;
                }

                if (_stepEnd + _grid.Step <= now && SkipEmpty(now, Math.Max(0, Options.MaximumCatchUp - empty)))
                {
                    continue;
                }

                long end = _stepEnd;
                _stepEnd += _grid.Step;
                ReportLimit();
                empty += TellAll(end);
            }
        }

        private long TellAll(long end)
        {
            long empty = 0;

            // What observers push from here on waits until this is through, so only the removals here change the table; those are allowed while it is walked.
            foreach (var (itsKey, series) in _keys)
            {
                if (!Tell(itsKey, series, end, isOverflow: false, ref empty))
                {
                    _keys.Remove(itsKey);
                }
            }

            if (_overflow is { } overflow && !Tell(default, overflow, end, isOverflow: true, ref empty))
            {
                _overflow = null;
            }

            return empty;
        }

        // False if the series has expired and can be used for another key.
        private bool Tell(TKey? itsKey, Series series, long end, bool isOverflow, ref long empty)
        {
            series.IsFresh = false;
            series.Panes.MoveTo(FirstPane(end));
            if (Expires(series, end))
            {
                return false;
            }

            bool isEmpty = series.Panes.Count == 0;
            if (!isEmpty || Options.EmitEmpty)
            {
                empty += isEmpty ? 1 : 0;
                long start = end - _grid.Length;
                Emit(new KeyedWindow<TKey>(itsKey, series.Panes.Result(new WindowBounds(start, end, start < Subscribed)), isOverflow));
            }

            return true;
        }

        private bool Expires(Series series, long end)
        {
            if (!series.Panes.IsEmpty || end - series.LastSeen < idleExpiry)
            {
                return false;
            }

            _free.Push(series);
            return true;
        }

        // When no series has values for the ends that are due: leaves out as many ends, the oldest, as it takes for the bound to hold. False if there are none.
        private bool SkipEmpty(long now, long bound)
        {
            long first = FirstPane(_stepEnd);
            foreach (var series in _keys.Values)
            {
                if (!series.Panes.IsEmpty && series.Panes.Newest >= first)
                {
                    return false;
                }
            }

            if (_overflow is { Panes: { IsEmpty: false } panes } && panes.Newest >= first)
            {
                return false;
            }

            long ends = 1 + ((now - _stepEnd) / _grid.Step);
            long all = Options.EmitEmpty ? WindowsAfter(0, ends) : 0;
            long skipped = Options.EmitEmpty ? 0 : ends;
            if (all > bound)
            {
                long enough = ends;
                while (skipped < enough)
                {
                    long middle = skipped + ((enough - skipped) / 2);
                    (skipped, enough) = WindowsAfter(middle, ends) <= bound ? (skipped, middle) : (middle + 1, enough);
                }

                Drop(WindowDropReason.EmptyWindowsSkipped, all - WindowsAfter(skipped, ends));
            }

            if (skipped == 0)
            {
                return false;
            }

            _stepEnd += skipped * _grid.Step;
            Expire(_stepEnd - _grid.Step);
            return true;
        }

        private void Expire(long end)
        {
            ReportLimit();
            long first = FirstPane(end);
            foreach (var (itsKey, series) in _keys)
            {
                series.IsFresh = false;
                series.Panes.MoveTo(first);
                if (Expires(series, end))
                {
                    _keys.Remove(itsKey);
                }
            }

            if (_overflow is { } overflow)
            {
                overflow.IsFresh = false;
                overflow.Panes.MoveTo(first);
                _overflow = Expires(overflow, end) ? null : overflow;
            }
        }

        // How many windows would be told at the next ends after so many, over all series that have not expired by then.
        private long WindowsAfter(long skipped, long ends)
        {
            long windows = _overflow is null ? 0 : Of(_overflow);
            foreach (var series in _keys.Values)
            {
                // An old series' share of a clock that is far ahead may be past counting.
                windows = Math.Min(windows + Of(series), long.MaxValue / 2);
            }

            return windows;

            long Of(Series series)
            {
                long left = idleExpiry - (_stepEnd - series.LastSeen);
                long told = left <= 0 ? 0 : 1 + ((left - 1) / _grid.Step);
                return Math.Max(0, Math.Min(ends, told) - skipped);
            }
        }

        private void ReportLimit()
        {
            if (_beyondLimit > 0)
            {
                long count = _beyondLimit;
                _beyondLimit = 0;
                Drop(WindowDropReason.KeyLimit, count);
            }
        }

        private sealed class Series(SparsePanes panes)
        {
            public SparsePanes Panes => panes;

            public long LastSeen { get; set; }

            // Whether it has values that were never told.
            public bool IsFresh { get; set; }
        }
    }
}
