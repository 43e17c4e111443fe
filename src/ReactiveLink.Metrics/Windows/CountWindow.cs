using System.Reactive.Concurrency;
using ReactiveLink.Metrics.Windows;

namespace ReactiveLink.Metrics;

public static partial class WindowObservable
{
    /// <summary>
    /// After every so many values, says what the last so many come to. There is no timer: a window ends with the value that fills its step.
    /// <list type="table">
    /// <listheader><term>input</term><description>output; counter; state</description></listheader>
    /// <item><term>a value</term><description>nothing, or the window that it ends; <see cref="WindowSummary.Count"/>; the oldest step leaves</description></item>
    /// <item><term>NaN or an infinity</term><description>as a value; <see cref="WindowSummary.Refused"/>; it takes a place in the count</description></item>
    /// <item><term>a delegate throws</term><description>the exception as error; the end</description></item>
    /// <item><term>error</term><description>passed on at once</description></item>
    /// <item><term>completion</term><description>the window so far, partial, if it has values that were never told; then completion</description></item>
    /// </list>
    /// </summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="selector">The number of an item.</param>
    /// <param name="size">How many items a window has; at least 1. The first windows have fewer, and say so (<see cref="WindowSummary.IsPartial"/>).</param>
    /// <param name="step">After how many items a window is told; at least 1. 0 for <paramref name="size"/>: windows without overlap.</param>
    /// <param name="options">What is kept, or null for the defaults.</param>
    /// <param name="scheduler">The clock for <see cref="WindowSummary.Start"/> and <see cref="WindowSummary.End"/>, which are those of the first and last item's arrival.</param>
    /// <returns>A summary after each step.</returns>
    /// <exception cref="ArgumentNullException">A required argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range, or a window would have more than 65,536 panes.</exception>
    /// <exception cref="ArgumentException"><paramref name="options"/> is not valid; the message lists every error.</exception>
    public static IObservable<WindowSummary> CountWindow<T>(
        this IObservable<T> source, Func<T, double> selector, int size, int step = 0, WindowOptions? options = null, IScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(selector);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        var grid = PaneGrid.Of(size, step == 0 ? size : step);
        var valid = (options ?? WindowOptions.Default).Validate(nameof(options));
        return new CountWindowObservable<T, double, WindowSummary>(
            source, selector, grid, panes => new SummaryState(panes, valid), valid, scheduler ?? DefaultScheduler.Instance);
    }

    /// <summary>As <see cref="CountWindow{T}(IObservable{T}, Func{T, double}, int, int, WindowOptions, IScheduler)"/>, of numbers.</summary>
    /// <param name="source">The numbers.</param>
    /// <param name="size">How many numbers a window has; at least 1.</param>
    /// <param name="step">After how many a window is told; 0 for <paramref name="size"/>.</param>
    /// <param name="options">What is kept, or null for the defaults.</param>
    /// <param name="scheduler">The clock, or null for the default scheduler's.</param>
    /// <returns>A summary after each step.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range, or a window would have more than 65,536 panes.</exception>
    /// <exception cref="ArgumentException"><paramref name="options"/> is not valid; the message lists every error.</exception>
    public static IObservable<WindowSummary> CountWindow(
        this IObservable<double> source, int size, int step = 0, WindowOptions? options = null, IScheduler? scheduler = null) =>
        source.CountWindow(static value => value, size, step, options, scheduler);

    /// <summary>As <see cref="CountWindow{T}(IObservable{T}, Func{T, double}, int, int, WindowOptions, IScheduler)"/>, with an aggregation of the user's own.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="TAccumulator">What is kept of a pane's items.</typeparam>
    /// <typeparam name="TResult">What a window is told as.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="aggregator">The aggregation.</param>
    /// <param name="size">How many items a window has; at least 1.</param>
    /// <param name="step">After how many a window is told; 0 for <paramref name="size"/>.</param>
    /// <param name="options">The bounds, or null for the defaults.</param>
    /// <param name="scheduler">The clock, or null for the default scheduler's.</param>
    /// <returns>A result after each step.</returns>
    /// <exception cref="ArgumentNullException">A required argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range, or a window would have more than 65,536 panes.</exception>
    /// <exception cref="ArgumentException"><paramref name="options"/> is not valid; the message lists every error.</exception>
    public static IObservable<WindowResult<TResult>> CountWindow<T, TAccumulator, TResult>(
        this IObservable<T> source,
        IWindowAggregator<T, TAccumulator, TResult> aggregator,
        int size,
        int step = 0,
        WindowOptions? options = null,
        IScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(aggregator);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        var grid = PaneGrid.Of(size, step == 0 ? size : step);
        var valid = (options ?? WindowOptions.Default).Validate(nameof(options));
        return new CountWindowObservable<T, T, WindowResult<TResult>>(
            source,
            static value => value,
            grid,
            panes => new AggregatorState<T, TAccumulator, TResult>(panes, aggregator),
            valid,
            scheduler ?? DefaultScheduler.Instance);
    }
}

internal sealed class CountWindowObservable<T, TValue, TResult>(
    IObservable<T> source,
    Func<T, TValue> selector,
    PaneGrid grid,
    Func<int, WindowState<TValue, TResult>> state,
    WindowOptions options,
    IScheduler scheduler) : IObservable<TResult>
{
    public IDisposable Subscribe(IObserver<TResult> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return new Sink(observer, selector, grid, state(grid.PanesPerWindow + 1), options, scheduler).Run(source);
    }

    private sealed class Sink(
        IObserver<TResult> observer,
        Func<T, TValue> selector,
        PaneGrid grid,
        WindowState<TValue, TResult> state,
        WindowOptions options,
        IScheduler scheduler) : SerializedSink<T, TResult>(observer, scheduler, options)
    {
        private readonly Ring<long> _starts = new(grid.PanesPerWindow + 1);
        private long _inPane;
        private int _panesInStep;
        private long _paneStart;

        protected override void Start()
        {
        }

        protected override void Accept(T value, long now)
        {
            var selected = selector(value);
            if (_inPane == 0)
            {
                _paneStart = now;
            }

            if (!state.Add(selected))
            {
                Drop(WindowDropReason.BufferFull, 1);
            }

            if (++_inPane == grid.Pane)
            {
                ClosePane();
                if (++_panesInStep == grid.PanesPerStep)
                {
                    _panesInStep = 0;
                    Emit(state.Result(new WindowBounds(_starts[0], now, IsPartial: _starts.Count < grid.PanesPerWindow)));
                }
            }
        }

        protected override void Tick(long now)
        {
        }

        protected override void Finish(long now)
        {
            if (_inPane > 0)
            {
                ClosePane();
            }
            else if (_panesInStep == 0)
            {
                return;
            }

            Emit(state.Result(new WindowBounds(_starts[0], now, IsPartial: true)));
        }

        private void ClosePane()
        {
            if (_starts.Count == grid.PanesPerWindow)
            {
                state.EvictPane();
                _starts.Pop();
            }

            state.ClosePane();
            _starts.Push(_paneStart);
            _inPane = 0;
        }
    }
}
