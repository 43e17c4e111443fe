using System.Reactive.Concurrency;
using ReactiveLink.Metrics.Windows;

namespace ReactiveLink.Metrics;

public static partial class WindowObservable
{
    /// <summary>
    /// At every interval, says what the values of the last window come to. Windows are half-open: a value that comes at the very end of one belongs to the next.
    /// They end at whole multiples of the interval after the Unix epoch (or after the subscription: <see cref="WindowOptions.AlignToSubscription"/>), whatever the
    /// observer takes; a result may then come late, but its bounds are exact. The cost of a value does not depend on how much windows overlap.
    /// <list type="table">
    /// <listheader><term>input</term><description>output; counter; state</description></listheader>
    /// <item><term>a value</term><description>nothing, or first the windows that have ended by now; <see cref="WindowSummary.Count"/>; it is in every window over its time of arrival</description></item>
    /// <item><term>NaN or an infinity</term><description>nothing; <see cref="WindowSummary.Refused"/>; none</description></item>
    /// <item><term>nothing for a while</term><description>empty windows, if <see cref="WindowOptions.EmitEmpty"/>; <see cref="WindowDropReason.EmptyWindowsSkipped"/> beyond the bound; none</description></item>
    /// <item><term>values while the observer is busy on the timer's thread</term><description>later, in order; <see cref="WindowDropReason.QueueFull"/> beyond the bound; none</description></item>
    /// <item><term>a delegate throws</term><description>the exception as error; the end</description></item>
    /// <item><term>error</term><description>passed on at once</description></item>
    /// <item><term>completion</term><description>the next window to end, partial, if it has values that were never told; then completion</description></item>
    /// </list>
    /// </summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="selector">The number of an item.</param>
    /// <param name="length">How long a window is; more than 0.</param>
    /// <param name="every">The interval; more than 0. A window has at most 65,536 panes: their length is the greatest common divisor of the two.</param>
    /// <param name="options">What is kept, or null for the defaults.</param>
    /// <param name="scheduler">The clock, or null for the default scheduler's. Its stopwatch measures time, so that setting the clock does no harm.</param>
    /// <returns>A summary at the end of each window.</returns>
    /// <exception cref="ArgumentNullException">A required argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A span is not positive or longer than the calendar, or a window would have too many panes.</exception>
    /// <exception cref="ArgumentException"><paramref name="options"/> is not valid; the message lists every error.</exception>
    public static IObservable<WindowSummary> SlidingWindow<T>(
        this IObservable<T> source,
        Func<T, double> selector,
        TimeSpan length,
        TimeSpan every,
        WindowOptions? options = null,
        IScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(selector);
        var grid = PaneGrid.Of(length, every);
        var valid = (options ?? WindowOptions.Default).Validate(nameof(options));
        return new TimeWindowObservable<T, double, WindowSummary>(
            source, selector, grid, panes => new SummaryState(panes, valid), int.MaxValue, valid, scheduler ?? DefaultScheduler.Instance);
    }

    /// <summary>As <see cref="SlidingWindow{T}(IObservable{T}, Func{T, double}, TimeSpan, TimeSpan, WindowOptions, IScheduler)"/>, of numbers.</summary>
    /// <param name="source">The numbers.</param>
    /// <param name="length">How long a window is; more than 0.</param>
    /// <param name="every">The interval; more than 0.</param>
    /// <param name="options">What is kept, or null for the defaults.</param>
    /// <param name="scheduler">The clock, or null for the default scheduler's.</param>
    /// <returns>A summary at the end of each window.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A span is not positive or longer than the calendar, or a window would have too many panes.</exception>
    /// <exception cref="ArgumentException"><paramref name="options"/> is not valid; the message lists every error.</exception>
    public static IObservable<WindowSummary> SlidingWindow(
        this IObservable<double> source, TimeSpan length, TimeSpan every, WindowOptions? options = null, IScheduler? scheduler = null) =>
        source.SlidingWindow(static value => value, length, every, options, scheduler);

    /// <summary>As <see cref="SlidingWindow{T}(IObservable{T}, Func{T, double}, TimeSpan, TimeSpan, WindowOptions, IScheduler)"/>, with an aggregation of the user's own.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="TAccumulator">What is kept of a pane's items.</typeparam>
    /// <typeparam name="TResult">What a window is told as.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="aggregator">The aggregation; <see cref="IRemovableAggregator{T, TAccumulator, TResult}"/> where panes can be taken out again.</param>
    /// <param name="length">How long a window is; more than 0.</param>
    /// <param name="every">The interval; more than 0.</param>
    /// <param name="options">The bounds, or null for the defaults.</param>
    /// <param name="scheduler">The clock, or null for the default scheduler's.</param>
    /// <returns>A result at the end of each window.</returns>
    /// <exception cref="ArgumentNullException">A required argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A span is not positive or longer than the calendar, or a window would have too many panes.</exception>
    /// <exception cref="ArgumentException"><paramref name="options"/> is not valid; the message lists every error.</exception>
    public static IObservable<WindowResult<TResult>> SlidingWindow<T, TAccumulator, TResult>(
        this IObservable<T> source,
        IWindowAggregator<T, TAccumulator, TResult> aggregator,
        TimeSpan length,
        TimeSpan every,
        WindowOptions? options = null,
        IScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(aggregator);
        var grid = PaneGrid.Of(length, every);
        var valid = (options ?? WindowOptions.Default).Validate(nameof(options));
        return new TimeWindowObservable<T, T, WindowResult<TResult>>(
            source,
            static value => value,
            grid,
            panes => new AggregatorState<T, TAccumulator, TResult>(panes, aggregator),
            int.MaxValue,
            valid,
            scheduler ?? DefaultScheduler.Instance);
    }
}
