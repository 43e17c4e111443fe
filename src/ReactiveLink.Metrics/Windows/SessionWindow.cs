using System.Reactive.Concurrency;
using ReactiveLink.Metrics.Windows;

namespace ReactiveLink.Metrics;

public static partial class WindowObservable
{
    /// <summary>
    /// Sums up bursts: a session starts with a value and ends when none has come for the gap. It is told at its end, which is the last value's time plus the gap; a value
    /// that comes at that very time starts the next session.
    /// <list type="table">
    /// <listheader><term>input</term><description>output; counter; state</description></listheader>
    /// <item><term>a value</term><description>nothing, or first the session that has ended by now; <see cref="WindowSummary.Count"/>; the session goes on</description></item>
    /// <item><term>NaN or an infinity</term><description>as a value; <see cref="WindowSummary.Refused"/>; it keeps the session going</description></item>
    /// <item><term>no value for the gap</term><description>the session; none; none is open</description></item>
    /// <item><term>a delegate throws</term><description>the exception as error; the end</description></item>
    /// <item><term>error</term><description>passed on at once</description></item>
    /// <item><term>completion</term><description>the open session, partial; then completion</description></item>
    /// </list>
    /// </summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="selector">The number of an item.</param>
    /// <param name="gap">How long nothing must come for the session to end; more than 0.</param>
    /// <param name="options">What is kept, or null for the defaults.</param>
    /// <param name="scheduler">The clock, or null for the default scheduler's.</param>
    /// <returns>A summary at the end of each session.</returns>
    /// <exception cref="ArgumentNullException">A required argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="gap"/> is not positive, or longer than the calendar.</exception>
    /// <exception cref="ArgumentException"><paramref name="options"/> is not valid; the message lists every error.</exception>
    public static IObservable<WindowSummary> SessionWindow<T>(
        this IObservable<T> source, Func<T, double> selector, TimeSpan gap, WindowOptions? options = null, IScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(selector);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(gap, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(gap, PaneGrid.Longest);
        var valid = (options ?? WindowOptions.Default).Validate(nameof(options));
        return new SessionWindowObservable<T, double, WindowSummary>(
            source, selector, gap.Ticks, () => new SummaryState(1, valid), valid, scheduler ?? DefaultScheduler.Instance);
    }

    /// <summary>As <see cref="SessionWindow{T}(IObservable{T}, Func{T, double}, TimeSpan, WindowOptions, IScheduler)"/>, of numbers.</summary>
    /// <param name="source">The numbers.</param>
    /// <param name="gap">How long nothing must come for the session to end; more than 0.</param>
    /// <param name="options">What is kept, or null for the defaults.</param>
    /// <param name="scheduler">The clock, or null for the default scheduler's.</param>
    /// <returns>A summary at the end of each session.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="gap"/> is not positive, or longer than the calendar.</exception>
    /// <exception cref="ArgumentException"><paramref name="options"/> is not valid; the message lists every error.</exception>
    public static IObservable<WindowSummary> SessionWindow(
        this IObservable<double> source, TimeSpan gap, WindowOptions? options = null, IScheduler? scheduler = null) =>
        source.SessionWindow(static value => value, gap, options, scheduler);

    /// <summary>As <see cref="SessionWindow{T}(IObservable{T}, Func{T, double}, TimeSpan, WindowOptions, IScheduler)"/>, with an aggregation of the user's own.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="TAccumulator">What is kept of a session's items.</typeparam>
    /// <typeparam name="TResult">What a session is told as.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="aggregator">The aggregation.</param>
    /// <param name="gap">How long nothing must come for the session to end; more than 0.</param>
    /// <param name="options">The bounds, or null for the defaults.</param>
    /// <param name="scheduler">The clock, or null for the default scheduler's.</param>
    /// <returns>A result at the end of each session.</returns>
    /// <exception cref="ArgumentNullException">A required argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="gap"/> is not positive, or longer than the calendar.</exception>
    /// <exception cref="ArgumentException"><paramref name="options"/> is not valid; the message lists every error.</exception>
    public static IObservable<WindowResult<TResult>> SessionWindow<T, TAccumulator, TResult>(
        this IObservable<T> source,
        IWindowAggregator<T, TAccumulator, TResult> aggregator,
        TimeSpan gap,
        WindowOptions? options = null,
        IScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(aggregator);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(gap, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(gap, PaneGrid.Longest);
        var valid = (options ?? WindowOptions.Default).Validate(nameof(options));
        return new SessionWindowObservable<T, T, WindowResult<TResult>>(
            source,
            static value => value,
            gap.Ticks,
            () => new AggregatorState<T, TAccumulator, TResult>(1, aggregator),
            valid,
            scheduler ?? DefaultScheduler.Instance);
    }
}

internal sealed class SessionWindowObservable<T, TValue, TResult>(
    IObservable<T> source, Func<T, TValue> selector, long gap, Func<WindowState<TValue, TResult>> state, WindowOptions options, IScheduler scheduler)
    : IObservable<TResult>
{
    public IDisposable Subscribe(IObserver<TResult> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return new Sink(observer, selector, gap, state(), options, scheduler).Run(source);
    }

    private sealed class Sink(
        IObserver<TResult> observer,
        Func<T, TValue> selector,
        long gap,
        WindowState<TValue, TResult> state,
        WindowOptions options,
        IScheduler scheduler) : SerializedSink<T, TResult>(observer, scheduler, options)
    {
        private bool _open;
        private long _start;
        private long _end;

        protected override void Start()
        {
        }

        protected override void Accept(T value, long now)
        {
            var selected = selector(value);
            if (_open && now >= _end)
            {
                Close(_end, isPartial: false);
            }

            if (!_open)
            {
                _open = true;
                _start = now;

                // Set once a session: each time it comes early it is set again for what is left (one timer, not one per value).
                WakeAt(now + gap);
            }

            _end = now + gap;
            state.Add(selected);
        }

        protected override void Tick(long now)
        {
            if (_open && now >= _end)
            {
                Close(_end, isPartial: false);
            }
            else if (_open)
            {
                WakeAt(_end);
            }
        }

        protected override void Finish(long now)
        {
            if (_open)
            {
                Close(Math.Min(now, _end), isPartial: now < _end);
            }
        }

        private void Close(long end, bool isPartial)
        {
            _open = false;
            state.ClosePane();
            var result = state.Result(new WindowBounds(_start, end, isPartial));
            state.Clear();
            Emit(result);
        }
    }
}
