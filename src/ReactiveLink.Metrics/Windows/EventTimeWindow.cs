using System.Reactive.Concurrency;
using ReactiveLink.Metrics.Windows;

namespace ReactiveLink.Metrics;

public static partial class WindowObservable
{
    /// <summary>
    /// Windows by the items' own timestamps, tumbling or sliding, half-open, ending at whole multiples of the interval after the Unix epoch. The watermark says up to when all
    /// has come: the newest timestamp less <see cref="EventTimeOptions.Disorder"/>. A window is told when the watermark reaches its end, and again, revised, with each item
    /// that still comes within <see cref="EventTimeOptions.AllowedLateness"/>. The cost of an item does not depend on how much windows overlap: it goes into one pane, and panes are
    /// merged in a tree, so that a window costs the logarithm of its panes.
    /// <list type="table">
    /// <listheader><term>input</term><description>output; counter; state</description></listheader>
    /// <item><term>an item not before the watermark</term><description>the windows that the watermark passes; <see cref="WindowSummary.Count"/>; the watermark may go on</description></item>
    /// <item><term>before the watermark, for windows to come</term><description>nothing yet; <see cref="WindowSummary.Count"/> of those alone; none</description></item>
    /// <item><term>late, for windows told already, within the lateness</term><description>each of those windows, <see cref="WindowSummary.IsRevision"/> if it was told; <see cref="WindowSummary.Revision"/>; none</description></item>
    /// <item><term>late, for more windows than may be revised</term><description>nothing of those; <see cref="WindowDropReason.RevisionLimit"/>; the item is in them</description></item>
    /// <item><term>later than that</term><description>nothing; <see cref="WindowDropReason.Late"/>, and the item to <paramref name="late"/>; none</description></item>
    /// <item><term>further ahead of the clock than is believed</term><description>nothing; <see cref="WindowDropReason.Future"/>; none</description></item>
    /// <item><term>between two windows (an interval longer than the window)</term><description>nothing; none; the watermark may go on</description></item>
    /// <item><term>nothing for the idle timeout</term><description>the windows that the watermark passes; none; the watermark goes on with the scheduler's clock, up to the end of the last
    /// window with values</description></item>
    /// <item><term>NaN or an infinity</term><description>as an item; <see cref="WindowSummary.Refused"/>; the watermark may go on</description></item>
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
    /// <exception cref="ArgumentOutOfRangeException">A span is not positive or longer than the calendar, or a window would have too many panes.</exception>
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
        return new EventTimeWindowObservable<T, double, WindowSummary>(
            source, selector, timestamp, grid, validEventTime, late, () => new EventSummaryState(valid, validEventTime.MaximumPanes), valid, scheduler ?? DefaultScheduler.Instance);
    }

    /// <summary>As <see cref="EventTimeWindow{T}(IObservable{T}, Func{T, double}, Func{T, DateTimeOffset}, TimeSpan, TimeSpan?, EventTimeOptions, IObserver{T}, WindowOptions, IScheduler)"/>,
    /// with an aggregation of the user's own.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="TAccumulator">What is kept of a pane's items.</typeparam>
    /// <typeparam name="TResult">What a window is told as.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="aggregator">The aggregation. Within a pane items are added as they come, which need not be the order of their timestamps. Nothing is taken out of a window: an
    /// <see cref="IRemovableAggregator{T, TAccumulator, TResult}"/> is as good as any.</param>
    /// <param name="timestamp">When an item came to be.</param>
    /// <param name="length">How long a window is; more than 0.</param>
    /// <param name="every">The interval, or null for <paramref name="length"/>: windows without overlap.</param>
    /// <param name="eventTime">How far items may be out of order, or null for the defaults.</param>
    /// <param name="late">Who gets the items that are too late, or null for nobody. Gets neither error nor completion.</param>
    /// <param name="options">The bounds, or null for the defaults. Empty windows are told between windows with values only.</param>
    /// <param name="scheduler">The clock for idleness and the future, or null for the default scheduler's.</param>
    /// <returns>A result of each window, and its revisions.</returns>
    /// <exception cref="ArgumentNullException">A required argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A span is not positive or longer than the calendar, or a window would have too many panes.</exception>
    /// <exception cref="ArgumentException">Options are not valid; the message lists every error.</exception>
    public static IObservable<WindowResult<TResult>> EventTimeWindow<T, TAccumulator, TResult>(
        this IObservable<T> source,
        IWindowAggregator<T, TAccumulator, TResult> aggregator,
        Func<T, DateTimeOffset> timestamp,
        TimeSpan length,
        TimeSpan? every = null,
        EventTimeOptions? eventTime = null,
        IObserver<T>? late = null,
        WindowOptions? options = null,
        IScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(aggregator);
        ArgumentNullException.ThrowIfNull(timestamp);
        var grid = PaneGrid.Of(length, every ?? length);
        var validEventTime = (eventTime ?? EventTimeOptions.Default).Validate(nameof(eventTime));
        var valid = (options ?? WindowOptions.Default).Validate(nameof(options));
        return new EventTimeWindowObservable<T, T, WindowResult<TResult>>(
            source,
            static item => item,
            timestamp,
            grid,
            validEventTime,
            late,
            () => new EventAggregatorState<T, TAccumulator, TResult>(aggregator, validEventTime.MaximumPanes),
            valid,
            scheduler ?? DefaultScheduler.Instance);
    }
}
