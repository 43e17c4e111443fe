using System.Reactive.Concurrency;
using ReactiveLink.Diagnostics;
using ReactiveLink.Transport;

namespace ReactiveLink.Routing;

/// <summary>
/// A handler with a bounded queue, bounded concurrency and a timeout; what becomes of an item is in <see cref="RouteStatistics"/>. <see cref="Offer"/> may be
/// called on many threads at once; it takes no lock (but for latest-per-key), waits for nobody, and calls no handler.
/// </summary>
internal sealed partial class BoundedHandler<T> : IBoundedHandler
{
    private readonly Func<T, CancellationToken, ValueTask> _handler;
    private readonly Func<T, string?>? _latestKey;
    private readonly string _name;
    private readonly Action<Fault> _report;
    private readonly IScheduler _scheduler;
    private readonly IStopwatch _clock;
    private readonly BoundedQueue<T> _queue;
    private readonly HandlerSlots<T> _slots;
    private readonly HandlerCrew<T> _crew;
    private readonly HandlerWatchdog<T>? _watchdog;
    private int _disposed;
    private long _offered;
    private long _handled;
    private long _failed;
    private long _timedOut;
    private long _dropped;

    /// <param name="handler">The user's handler.</param>
    /// <param name="cancellable">Whether it looks at its token.</param>
    /// <param name="options">Checked by the caller.</param>
    /// <param name="name">The name, where the options have none.</param>
    /// <param name="scheduler">Where it runs, if the options do not say.</param>
    /// <param name="report">Takes faults, on any thread, and never throws.</param>
    public BoundedHandler(
        Func<T, CancellationToken, ValueTask> handler,
        bool cancellable,
        HandlerOptions<T> options,
        string name,
        IScheduler scheduler,
        Action<Fault> report)
    {
        _name = options.Name ?? name;
        _handler = HandlerTracing.Of(handler, _name);
        _latestKey = options.Overflow == OverflowPolicy.LatestPerKey ? options.LatestKey : null;
        _report = report;
        _scheduler = options.Scheduler ?? scheduler;
        _clock = _scheduler.StartStopwatch();
        _queue = _latestKey is null
            ? new ConcurrentBoundedQueue<T>(options.Capacity, options.Overflow == OverflowPolicy.DropOldest)
            : new LatestPerKeyQueue<T>(options.Capacity);
        _slots = new HandlerSlots<T>(this, options.Concurrency, cancellable);
        _crew = new HandlerCrew<T>(this, _queue, _slots, options.Concurrency, _scheduler, _clock, FailedOutside);
        _watchdog = options.Timeout == Timeout.InfiniteTimeSpan
            ? null
            : new HandlerWatchdog<T>(_slots, options.Timeout, _scheduler, _clock, TimedOut, FailedOutside);
    }

    public string Name => _name;

    private bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>Queues an item, or drops one by the overflow policy.</summary>
    public void Offer(T item)
    {
        Interlocked.Increment(ref _offered);
        if (IsDisposed || IsDraining)
        {
            Drop(item);
            return;
        }

        if (!TrySelectKey(item, out var key))
        {
            return;
        }

        var result = _queue.Enqueue(Lent.Keep(item), key, out var dropped);
        if (result != EnqueueResult.Refused)
        {
            // Pairs with the fence of a thread that stops draining: either it sees the item, or this thread sees that it stopped.
            Interlocked.MemoryBarrier();
            if (IsDisposed)
            {
                DropAll();
            }
            else
            {
                _crew.EnsureDrained();
            }
        }

        if (result != EnqueueResult.Added)
        {
            CountAndReport(ref _dropped, FaultReason.QueueFull, dropped, exception: null);
        }
    }

    public RouteStatistics GetStatistics()
    {
        var (running, overdue) = _slots.CountRunning();
        return new RouteStatistics(
            _name,
            Interlocked.Read(ref _offered),
            Interlocked.Read(ref _handled),
            Interlocked.Read(ref _failed),
            Interlocked.Read(ref _timedOut),
            Interlocked.Read(ref _dropped),
            _queue.Count,
            running,
            overdue);
    }

    /// <summary>Stops the intake, drops (and counts) what waits, cancels what runs. Idempotent; also from inside the handler.</summary>
    public void Dispose()
    {
        if (TryStop())
        {
            _slots.CancelAll(FailedOutside);
        }
    }

    /// <summary>Handles what waits, on the caller's thread, which holds a place and a slot and gives back both.</summary>
    internal void Drain(HandlerSlot<T> slot)
    {
        for (var mine = slot; mine is not null;)
        {
            if (!_queue.TryDequeue(out var item))
            {
                mine = _crew.Leave(mine);
                continue;
            }

            if (!_queue.IsEmpty)
            {
                _crew.EnsureHelp();
            }

            if (!Handle(mine, item))
            {
                mine = _crew.MoveOn();
            }
        }
    }

    /// <summary>A handler that went on without a thread has ended, on some thread of the user's: no other handler runs on it.</summary>
    internal void EndAsync(HandlerSlot<T> slot, Exception? error)
    {
        End(slot, error);
        _crew.LeaveAsync(slot);
    }

    /// <returns>Whether the handler has ended; else the slot is no longer the caller's.</returns>
    private bool Handle(HandlerSlot<T> slot, T item)
    {
        slot.Begin(item, _watchdog is null ? 0 : _clock.Elapsed.Ticks);
        if (IsDisposed)
        {
            // The watchdog may have counted it already.
            if (slot.End())
            {
                Drop(item);
            }

            return true;
        }

        _watchdog?.Arm();
        Exception? error = null;
        try
        {
            var task = _handler(item, slot.Token);
            if (!task.IsCompleted)
            {
                slot.Await(task);
                return false;
            }

            task.GetAwaiter().GetResult();
        }
        catch (Exception exception)
        {
            error = exception;
        }

        End(slot, error);
        return true;
    }

    private void End(HandlerSlot<T> slot, Exception? error)
    {
        var item = error is null ? default : slot.Item;
        if (!slot.End())
        {
            return;
        }

        if (error is null)
        {
            Interlocked.Increment(ref _handled);
            Settled();
            return;
        }

        if (IsDisposed && error is OperationCanceledException)
        {
            Interlocked.Increment(ref _failed);
            Settled();
            return;
        }

        CountAndReport(ref _failed, FaultReason.HandlerFailed, item, error);
    }

    private bool TrySelectKey(T item, out string? key)
    {
        key = null;
        if (_latestKey is null)
        {
            return true;
        }

        try
        {
            key = _latestKey(item);
            return true;
        }
        catch (Exception exception)
        {
            CountAndReport(ref _failed, FaultReason.HandlerFailed, item, exception);
            return false;
        }
    }

    private void TimedOut(T? item) => CountAndReport(ref _timedOut, FaultReason.HandlerTimeout, item, exception: null);

    /// <summary>A callback that a handler had registered with its token threw, or the scheduler did. Not the handler: not counted as failed.</summary>
    private void FailedOutside(T? item, Exception exception) => Report(FaultReason.HandlerFailed, item, exception);

    private void Report(FaultReason reason, T? item, Exception? exception) =>
        _report(new Fault(reason, _scheduler.SafeNow(), Peers.Of(item), Exception: exception, Detail: _name));
}
