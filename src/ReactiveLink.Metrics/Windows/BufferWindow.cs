using System.Reactive.Concurrency;
using ReactiveLink.Metrics.Windows;

namespace ReactiveLink.Metrics;

public static partial class WindowObservable
{
    /// <summary>
    /// The items of each window of time themselves, with the ticks of <see cref="SlidingWindow{T}(IObservable{T}, Func{T, double}, TimeSpan, TimeSpan, WindowOptions, IScheduler)"/>.
    /// An item is held once however many windows it is in, and never more than <see cref="WindowOptions.MaximumItems"/> are.
    /// <list type="table">
    /// <listheader><term>input</term><description>output; counter; state</description></listheader>
    /// <item><term>an item</term><description>nothing, or first the windows that have ended by now; none; it is held until its last window has ended</description></item>
    /// <item><term>an item while the cap is reached</term><description>nothing; <see cref="WindowDropReason.BufferFull"/>; it is left out</description></item>
    /// <item><term>error</term><description>passed on at once</description></item>
    /// <item><term>completion</term><description>the next window to end, if it has items that were never told; then completion</description></item>
    /// </list>
    /// </summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="length">How long a window is; more than 0.</param>
    /// <param name="every">The interval, or null for <paramref name="length"/>: windows without overlap.</param>
    /// <param name="options">The bounds, or null for the defaults.</param>
    /// <param name="scheduler">The clock, or null for the default scheduler's.</param>
    /// <returns>The items of each window, oldest first; a list of its own each time.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A span is not positive or longer than the calendar, or a window would have too many panes.</exception>
    /// <exception cref="ArgumentException"><paramref name="options"/> is not valid; the message lists every error.</exception>
    public static IObservable<IReadOnlyList<T>> BufferWindow<T>(
        this IObservable<T> source, TimeSpan length, TimeSpan? every = null, WindowOptions? options = null, IScheduler? scheduler = null) =>
        BufferByTime(source, PaneGrid.Of(length, every ?? length), int.MaxValue, options, scheduler);

    /// <summary>As <see cref="BufferWindow{T}(IObservable{T}, TimeSpan, TimeSpan?, WindowOptions, IScheduler)"/>, by time or count, whichever comes first; without overlap. A window
    /// that is full is told at once, and the rest of its time makes another.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="length">How long a window is; more than 0.</param>
    /// <param name="size">How many items fill one; at least 1.</param>
    /// <param name="options">The bounds, or null for the defaults.</param>
    /// <param name="scheduler">The clock, or null for the default scheduler's.</param>
    /// <returns>The items of each window, oldest first; a list of its own each time.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> or <paramref name="size"/> is not positive.</exception>
    /// <exception cref="ArgumentException"><paramref name="options"/> is not valid; the message lists every error.</exception>
    public static IObservable<IReadOnlyList<T>> BufferWindow<T>(
        this IObservable<T> source, TimeSpan length, int size, WindowOptions? options = null, IScheduler? scheduler = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        return BufferByTime(source, PaneGrid.Of(length, length), size, options, scheduler);
    }

    /// <summary>As <see cref="BufferWindow{T}(IObservable{T}, TimeSpan, TimeSpan?, WindowOptions, IScheduler)"/>, by count alone.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="size">How many items a window has; at least 1, at most <see cref="WindowOptions.MaximumItems"/>.</param>
    /// <param name="step">After how many items a window is told; 0 for <paramref name="size"/>: windows without overlap.</param>
    /// <param name="options">The bounds, or null for the defaults.</param>
    /// <param name="scheduler">The clock, or null for the default scheduler's.</param>
    /// <returns>The items of each window, oldest first; a list of its own each time.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="ArgumentException"><paramref name="options"/> is not valid; the message lists every error.</exception>
    public static IObservable<IReadOnlyList<T>> BufferWindow<T>(
        this IObservable<T> source, int size, int step = 0, WindowOptions? options = null, IScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        var valid = (options ?? WindowOptions.Default).Validate(nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, valid.MaximumItems);
        var grid = PaneGrid.Of(size, step == 0 ? size : step);

        // A pane more than the window's is held for a moment, and steps that skip items hold no more than the window's.
        long cap = size + grid.Pane;
        return new CountWindowObservable<T, T, IReadOnlyList<T>>(
            source, static item => item, grid, _ => new BufferState<T>((int)Math.Min(cap, int.MaxValue)), valid, scheduler ?? DefaultScheduler.Instance);
    }

    private static TimeWindowObservable<T, T, IReadOnlyList<T>> BufferByTime<T>(
        IObservable<T> source, PaneGrid grid, int size, WindowOptions? options, IScheduler? scheduler)
    {
        ArgumentNullException.ThrowIfNull(source);
        var valid = (options ?? WindowOptions.Default).Validate(nameof(options));
        return new TimeWindowObservable<T, T, IReadOnlyList<T>>(
            source, static item => item, grid, _ => new BufferState<T>(valid.MaximumItems), size, valid, scheduler ?? DefaultScheduler.Instance);
    }
}
