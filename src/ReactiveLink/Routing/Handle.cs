using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Runtime.ExceptionServices;
using ReactiveLink.Diagnostics;
using ReactiveLink.Routing;

namespace ReactiveLink;

/// <summary>Asynchronous, bounded handlers over any stream.</summary>
public static class HandlerObservable
{
    /// <summary>
    /// Subscribes an asynchronous handler with a bounded queue, bounded concurrency and a timeout. The source's thread only queues; it never waits, and
    /// never runs the handler.
    /// <list type="table">
    /// <listheader><term>input</term><description>what happens, fault, counter in <see cref="RouteStatistics"/></description></listheader>
    /// <item><term>an item</term><description>queued, then handled; Handled when the handler has returned</description></item>
    /// <item><term>an item, the queue is full</term><description>one is dropped by the overflow policy: <see cref="FaultReason.QueueFull"/>, Dropped</description></item>
    /// <item><term>the handler throws</term><description><see cref="FaultReason.HandlerFailed"/>, Failed; the next item is handled</description></item>
    /// <item><term>the handler runs too long</term><description>its token is signalled: one <see cref="FaultReason.HandlerTimeout"/>, TimedOut; it keeps its place until
    /// it returns, and what it then returns or throws is ignored</description></item>
    /// <item><term>error</term><description>what waits is handled; <see cref="FaultReason.SourceFailed"/>, or, without <paramref name="faults"/>, thrown on the
    /// source's thread, as Rx does</description></item>
    /// <item><term>completion</term><description>what waits is handled</description></item>
    /// <item><term>dispose</term><description>the source is left, what waits is dropped and counted, handlers that run are cancelled</description></item>
    /// </list>
    /// A handler's token is for that call alone: it is used again afterwards.
    /// </summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="handler">Handles an item. May run as often at once as the options' concurrency says.</param>
    /// <param name="options">Queue, concurrency, timeout, overflow policy; the defaults if null.</param>
    /// <param name="faults">Where faults go, serialized, on any thread; at most 1000 wait for it. Never ended. Null to ignore them.</param>
    /// <param name="scheduler">Where handlers run and time is measured, unless the options say; the thread pool if null.</param>
    /// <returns>The subscription; dispose it at any time, also inside the handler.</returns>
    /// <exception cref="ArgumentException">An option is out of its range; the message names all that are.</exception>
    public static HandlerSubscription Handle<T>(
        this IObservable<T> source,
        Func<T, CancellationToken, ValueTask> handler,
        HandlerOptions<T>? options = null,
        IObserver<Fault>? faults = null,
        IScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Subscribe(source, handler, cancellable: true, options, faults, scheduler);
    }

    /// <summary>As the overload with a cancellation token, for handlers that cannot be cancelled.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="handler">Handles an item.</param>
    /// <param name="options">Queue, concurrency, timeout, overflow policy; the defaults if null.</param>
    /// <param name="faults">Where faults go; null to ignore them.</param>
    /// <param name="scheduler">Where handlers run; the thread pool if null.</param>
    /// <returns>The subscription.</returns>
    /// <exception cref="ArgumentException">An option is out of its range; the message names all that are.</exception>
    public static HandlerSubscription Handle<T>(
        this IObservable<T> source,
        Func<T, Task> handler,
        HandlerOptions<T>? options = null,
        IObserver<Fault>? faults = null,
        IScheduler? scheduler = null) =>
        Subscribe(source, HandlerAdapter.Of(handler), cancellable: false, options, faults, scheduler);

    /// <summary>As the overload with a cancellation token, for handlers that are done when they return.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="handler">Handles an item.</param>
    /// <param name="options">Queue, concurrency, timeout, overflow policy; the defaults if null.</param>
    /// <param name="faults">Where faults go; null to ignore them.</param>
    /// <param name="scheduler">Where handlers run; the thread pool if null.</param>
    /// <returns>The subscription.</returns>
    /// <exception cref="ArgumentException">An option is out of its range; the message names all that are.</exception>
    public static HandlerSubscription Handle<T>(
        this IObservable<T> source,
        Action<T> handler,
        HandlerOptions<T>? options = null,
        IObserver<Fault>? faults = null,
        IScheduler? scheduler = null) =>
        Subscribe(source, HandlerAdapter.Of(handler), cancellable: false, options, faults, scheduler);

    private static HandlerSubscription Subscribe<T>(
        IObservable<T> source,
        Func<T, CancellationToken, ValueTask> handler,
        bool cancellable,
        HandlerOptions<T>? options,
        IObserver<Fault>? faults,
        IScheduler? scheduler)
    {
        ArgumentNullException.ThrowIfNull(source);
        options ??= new HandlerOptions<T>();
        options.Validate(nameof(options));
        var clock = options.Scheduler ?? scheduler ?? TaskPoolScheduler.Default;
        var report = FaultsTo(faults);
        var bounded = new BoundedHandler<T>(handler, cancellable, options, "handler", clock, report ?? (static _ => { }));
        var subscription = new HandlerSubscription(bounded);
        try
        {
            subscription.Source.Disposable = source.Subscribe(new HandlerSink<T>(subscription.Source, bounded, report, clock));
        }
        catch
        {
            subscription.Dispose();
            throw;
        }

        return subscription;
    }

    /// <summary>Handlers report on many threads; an observer wants one thing after the other.</summary>
    private static Action<Fault>? FaultsTo(IObserver<Fault>? faults)
    {
        const int Waiting = 1000;
        if (faults is null)
        {
            return null;
        }

        var hub = new SerializedHub<Fault>(Waiting, static _ => { });
        hub.Subscribe(faults);
        return hub.OnNext;
    }
}

/// <summary>A handler's subscription to a stream. Dispose it to leave the stream; see <see cref="HandlerObservable"/>.</summary>
public sealed class HandlerSubscription : IDisposable
{
    private readonly IBoundedHandler _handler;

    internal HandlerSubscription(IBoundedHandler handler) => _handler = handler;

    internal SingleAssignmentDisposable Source { get; } = new();

    /// <summary>A snapshot of what became of the items; also after dispose.</summary>
    /// <returns>An immutable snapshot.</returns>
    public RouteStatistics GetStatistics() => _handler.GetStatistics();

    /// <summary>Leaves the source, drops what waits and cancels what runs. Idempotent; does not wait for handlers that run.</summary>
    public void Dispose()
    {
        Source.Dispose();
        _handler.Dispose();
    }
}

internal sealed class HandlerSink<T>(ICancelable subscription, BoundedHandler<T> handler, Action<Fault>? report, IScheduler clock) : IObserver<T>
{
    public void OnNext(T value)
    {
        if (!subscription.IsDisposed)
        {
            handler.Offer(value);
        }
    }

    public void OnError(Exception error)
    {
        if (subscription.IsDisposed)
        {
            return;
        }

        subscription.Dispose();
        if (report is null)
        {
            ExceptionDispatchInfo.Throw(error);
        }

        report(new Fault(FaultReason.SourceFailed, clock.SafeNow(), Exception: error, Detail: handler.Name));
    }

    public void OnCompleted() => subscription.Dispose();
}
