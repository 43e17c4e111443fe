using System.Reactive.Concurrency;
using ReactiveLink.Metrics.Windows;

namespace ReactiveLink.Metrics;

public static partial class WindowObservable
{
    /// <summary>How many keys <c>PerKey</c> has at most where not said otherwise.</summary>
    public const int DefaultMaximumKeys = 1000;

    /// <summary>
    /// A window for each key, tumbling or sliding, all on the same ticks and one timer. Keys are capped: values of further keys are summed up together in one overflow
    /// series, so that forged keys cost neither memory nor the sight of them. A key that nothing came for is forgotten, and its place and memory are used again.
    /// <list type="table">
    /// <listheader><term>input</term><description>output; counter; state</description></listheader>
    /// <item><term>a value of a known key</term><description>nothing, or first the windows that have ended by now; <see cref="WindowSummary.Count"/>; the key is not idle</description></item>
    /// <item><term>of a new key</term><description>the same; the same; the key takes a place</description></item>
    /// <item><term>of a new key while all places are taken</term><description>the same, in the overflow series; <see cref="WindowDropReason.KeyLimit"/>, told at the next tick; none</description></item>
    /// <item><term>nothing for a key</term><description>empty windows, if <see cref="WindowOptions.EmitEmpty"/>, until it expires; none; after the expiry, and once its window is empty, it
    /// gives its place back</description></item>
    /// <item><term>NaN or an infinity</term><description>nothing; <see cref="WindowSummary.Refused"/>; as a value</description></item>
    /// <item><term>a delegate throws, or a key is null</term><description>the exception as error; the end</description></item>
    /// <item><term>error</term><description>passed on at once</description></item>
    /// <item><term>completion</term><description>of each key with values that were never told the next window, partial; then completion</description></item>
    /// </list>
    /// </summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="TKey">The keys' type.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="key">The key of an item; never null.</param>
    /// <param name="selector">The number of an item.</param>
    /// <param name="length">How long a window is; more than 0.</param>
    /// <param name="every">The interval, or null for <paramref name="length"/>: windows without overlap.</param>
    /// <param name="maxKeys">How many keys are kept, at least 1. A key takes about 100 bytes a pane, and a sketch for each pane with values if percentiles are kept.</param>
    /// <param name="idleExpiry">After how long without values a key is forgotten; more than 0; null for 5 minutes.</param>
    /// <param name="options">What is kept, or null for the defaults.</param>
    /// <param name="comparer">What tells keys apart, or null for their own equality.</param>
    /// <param name="scheduler">The clock, or null for the default scheduler's.</param>
    /// <returns>At each tick the window of each key, in no particular order.</returns>
    /// <exception cref="ArgumentNullException">A required argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number or span is out of its range, or a window would have too many panes.</exception>
    /// <exception cref="ArgumentException"><paramref name="options"/> is not valid; the message lists every error.</exception>
    public static IObservable<KeyedWindow<TKey>> PerKey<T, TKey>(
        this IObservable<T> source,
        Func<T, TKey> key,
        Func<T, double> selector,
        TimeSpan length,
        TimeSpan? every = null,
        int maxKeys = DefaultMaximumKeys,
        TimeSpan? idleExpiry = null,
        WindowOptions? options = null,
        IEqualityComparer<TKey>? comparer = null,
        IScheduler? scheduler = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(selector);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxKeys);
        var expiry = idleExpiry ?? TimeSpan.FromMinutes(5);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(expiry, TimeSpan.Zero, nameof(idleExpiry));
        var grid = PaneGrid.Of(length, every ?? length);
        var valid = (options ?? WindowOptions.Default).Validate(nameof(options));
        return new PerKeyObservable<T, TKey>(source, key, selector, grid, maxKeys, expiry.Ticks, valid, comparer, scheduler ?? DefaultScheduler.Instance);
    }
}

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
    private Func<T, TKey> Key => key;

    private Func<T, double> Selector => selector;

    private int MaxKeys => maxKeys;

    private long IdleExpiry => idleExpiry;

    private IEqualityComparer<TKey>? Comparer => comparer;

    private PaneGrid Grid => grid;

    public IDisposable Subscribe(IObserver<KeyedWindow<TKey>> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return new Sink(this, observer, options, scheduler).Run(source);
    }

    private Sink.Series NewSeries() => new(new SummaryState(grid.PanesPerWindow + 1, options));

    private sealed class Sink(PerKeyObservable<T, TKey> parent, IObserver<KeyedWindow<TKey>> observer, WindowOptions options, IScheduler scheduler)
        : SerializedSink<T, KeyedWindow<TKey>>(observer, scheduler, options)
    {
        private readonly Dictionary<TKey, Series> _keys = new(parent.Comparer);
        private readonly Stack<Series> _free = new();
        private readonly PaneGrid _grid = parent.Grid;
        private Series? _overflow;
        private long _stepEnd;
        private long _paneEnd;
        private long _beyondLimit;

        protected override void Start()
        {
            _stepEnd = _grid.NextEnd(Subscribed, Options.AlignToSubscription ? Subscribed : DateTimeOffset.UnixEpoch.UtcTicks);
            _paneEnd = _stepEnd - ((_stepEnd - Subscribed - 1) / _grid.Pane * _grid.Pane);
        }

        protected override void Accept(T value, long now)
        {
            var itsKey = parent.Key(value);
            double number = parent.Selector(value);
            if (now >= _paneEnd)
            {
                Advance(now);
            }

            if (!_keys.TryGetValue(itsKey, out var series))
            {
                if (_keys.Count < parent.MaxKeys)
                {
                    series = _free.TryPop(out var used) ? used : parent.NewSeries();
                    _keys.Add(itsKey, series);
                }
                else
                {
                    series = _overflow ??= _free.TryPop(out var used) ? used : parent.NewSeries();
                    _beyondLimit++;
                }
            }

            series.LastSeen = now;
            series.State.Add(number);
            WakeAt(_stepEnd);
        }

        protected override void Tick(long now)
        {
            Advance(now);
            if (_keys.Count > 0 || _overflow is not null)
            {
                WakeAt(_stepEnd);
            }
        }

        protected override void Finish(long now)
        {
            Advance(now);
            ReportLimit();
            long end = _stepEnd;
            while (_paneEnd < end)
            {
                ClosePanes();
            }

            ClosePanes();
            foreach (var (itsKey, series) in _keys)
            {
                Tell(itsKey, series, end, isOverflow: false);
            }

            if (_overflow is { } overflow)
            {
                Tell(default, overflow, end, isOverflow: true);
            }

            void Tell(TKey? itsKey, Series series, long windowEnd, bool isOverflow)
            {
                if (series.Fresh > 0)
                {
                    Emit(new KeyedWindow<TKey>(itsKey, series.State.Result(new WindowBounds(windowEnd - _grid.Length, windowEnd, IsPartial: true)), isOverflow));
                }
            }
        }

        private void Advance(long now)
        {
            while (_paneEnd <= now && !IsStopped)
            {
                if (_keys.Count == 0 && _overflow is null)
                {
                    // There is nothing to close and no one to tell of.
                    _stepEnd = now < _stepEnd ? _stepEnd : _stepEnd + ((1 + ((now - _stepEnd) / _grid.Step)) * _grid.Step);
                    _paneEnd = _stepEnd - ((_stepEnd - now - 1) / _grid.Pane * _grid.Pane);
                    return;
                }

                long end = _paneEnd;
                ClosePanes();
                if (end == _stepEnd)
                {
                    _stepEnd += _grid.Step;
                    ReportLimit();
                    TellAll(end);
                }
            }
        }

        private void ClosePanes()
        {
            foreach (var series in _keys.Values)
            {
                series.Close(_grid.PanesPerWindow);
            }

            _overflow?.Close(_grid.PanesPerWindow);
            _paneEnd += _grid.Pane;
        }

        private void TellAll(long end)
        {
            // What observers push from here on waits until this is through, so only the removals here change the table; those are allowed while it is walked.
            foreach (var (itsKey, series) in _keys)
            {
                if (!Tell(itsKey, series, end, isOverflow: false))
                {
                    _keys.Remove(itsKey);
                }
            }

            if (_overflow is { } overflow && !Tell(default, overflow, end, isOverflow: true))
            {
                _overflow = null;
            }
        }

        // False if the series has expired and can be used for another key.
        private bool Tell(TKey? itsKey, Series series, long end, bool isOverflow)
        {
            series.Fresh = 0;
            bool isEmpty = series.State.Count == 0;
            if (isEmpty && series.State.OpenCount == 0 && end - series.LastSeen >= parent.IdleExpiry)
            {
                series.Clear();
                _free.Push(series);
                return false;
            }

            if (!isEmpty || Options.EmitEmpty)
            {
                long start = end - _grid.Length;
                Emit(new KeyedWindow<TKey>(itsKey, series.State.Result(new WindowBounds(start, end, start < Subscribed)), isOverflow));
            }

            return true;
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

        internal sealed class Series(SummaryState state)
        {
            private int _panes;

            public SummaryState State => state;

            public long LastSeen { get; set; }

            // Values that were never told.
            public long Fresh { get; set; }

            public void Close(int panesPerWindow)
            {
                Fresh += state.OpenCount;
                state.ClosePane();
                if (++_panes > panesPerWindow)
                {
                    state.EvictPane();
                    _panes--;
                }
            }

            public void Clear()
            {
                state.Clear();
                _panes = 0;
                Fresh = 0;
            }
        }
    }
}
