using System.Reactive.Concurrency;

namespace ReactiveLink.Metrics;

/// <summary>Windows over any stream, summed up as they go.</summary>
public static partial class WindowObservable
{
    /// <summary>
    /// Cuts time into windows without overlap and says of each what its values come to. See
    /// <see cref="SlidingWindow{T}(IObservable{T}, Func{T, double}, TimeSpan, TimeSpan, WindowOptions, IScheduler)"/>, of which this is the case
    /// where a window's length is also the interval.
    /// </summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="selector">The number of an item.</param>
    /// <param name="length">How long a window is; more than 0.</param>
    /// <param name="options">What is kept, or null for the defaults.</param>
    /// <param name="scheduler">The clock, or null for the default scheduler's.</param>
    /// <returns>A summary at the end of each window.</returns>
    /// <exception cref="ArgumentNullException">A required argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is not positive, or longer than the calendar.</exception>
    /// <exception cref="ArgumentException"><paramref name="options"/> is not valid; the message lists every error.</exception>
    public static IObservable<WindowSummary> TumblingWindow<T>(
        this IObservable<T> source, Func<T, double> selector, TimeSpan length, WindowOptions? options = null, IScheduler? scheduler = null) =>
        source.SlidingWindow(selector, length, length, options, scheduler);

    /// <summary>As <see cref="TumblingWindow{T}(IObservable{T}, Func{T, double}, TimeSpan, WindowOptions, IScheduler)"/>, of numbers.</summary>
    /// <param name="source">The numbers.</param>
    /// <param name="length">How long a window is; more than 0.</param>
    /// <param name="options">What is kept, or null for the defaults.</param>
    /// <param name="scheduler">The clock, or null for the default scheduler's.</param>
    /// <returns>A summary at the end of each window.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is not positive, or longer than the calendar.</exception>
    /// <exception cref="ArgumentException"><paramref name="options"/> is not valid; the message lists every error.</exception>
    public static IObservable<WindowSummary> TumblingWindow(
        this IObservable<double> source, TimeSpan length, WindowOptions? options = null, IScheduler? scheduler = null) =>
        source.SlidingWindow(static value => value, length, length, options, scheduler);

    /// <summary>As <see cref="TumblingWindow{T}(IObservable{T}, Func{T, double}, TimeSpan, WindowOptions, IScheduler)"/>, with an aggregation of the user's own.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="TAccumulator">What is kept of a window's items.</typeparam>
    /// <typeparam name="TResult">What a window is told as.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="aggregator">The aggregation.</param>
    /// <param name="length">How long a window is; more than 0.</param>
    /// <param name="options">The bounds, or null for the defaults.</param>
    /// <param name="scheduler">The clock, or null for the default scheduler's.</param>
    /// <returns>A result at the end of each window.</returns>
    /// <exception cref="ArgumentNullException">A required argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is not positive, or longer than the calendar.</exception>
    /// <exception cref="ArgumentException"><paramref name="options"/> is not valid; the message lists every error.</exception>
    public static IObservable<WindowResult<TResult>> TumblingWindow<T, TAccumulator, TResult>(
        this IObservable<T> source,
        IWindowAggregator<T, TAccumulator, TResult> aggregator,
        TimeSpan length,
        WindowOptions? options = null,
        IScheduler? scheduler = null) =>
        source.SlidingWindow(aggregator, length, length, options, scheduler);
}
