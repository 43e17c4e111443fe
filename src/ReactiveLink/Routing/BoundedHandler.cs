using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveLink.Routing;

/// <summary>
/// A handler with a bounded queue, bounded concurrency and a timeout. Threads come from the scheduler only while there is work, and each drains as
/// long as there is some; nothing polls. <see cref="Offer"/> may be called on many threads at once; it takes no lock (but for latest-per-key),
/// waits for nobody, and calls no handler.
/// </summary>
/// <remarks>
/// One thread is started when none drains. A handler that goes on asynchronously frees its thread, which takes the next item. A handler that
/// blocks its thread would hold up the queue although places are free, so a helper thread is started whenever items wait while others drain: at once
/// as long as that proves useful, else after <see cref="HelperDelay"/>, so that quick handlers do not pay for a wake-up per item.
/// </remarks>
internal sealed class BoundedHandler<T> : IBoundedHandler, IThreadPoolWorkItem
{
    internal static readonly TimeSpan HelperDelay = TimeSpan.FromMilliseconds(1);

    private readonly Func<T, CancellationToken, ValueTask> _handler;
    private readonly Func<T, string?>? _latestKey;
    private readonly string _name;
    private readonly Action<Fault> _report;
    private readonly IScheduler _scheduler;
    private readonly bool _onThreadPool;
    private readonly IStopwatch _clock;
    private readonly BoundedQueue<T> _queue;
    private readonly HandlerSlots<T> _slots;
    private readonly HandlerWatchdog<T>? _watchdog;
    private HandlerPlaces _places;
    private int _disposed;
    private int _helperStarting;
    private bool _helpersInVain;
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
        _handler = handler;
        _latestKey = options.Overflow == OverflowPolicy.LatestPerKey ? options.LatestKey : null;
        _name = options.Name ?? name;
        _report = report;
        _scheduler = options.Scheduler ?? scheduler;
        _onThreadPool = ReferenceEquals(_scheduler, TaskPoolScheduler.Default) || ReferenceEquals(_scheduler, DefaultScheduler.Instance);
        _clock = _scheduler.StartStopwatch();
        _queue = _latestKey is null
            ? new ConcurrentBoundedQueue<T>(options.Capacity, options.Overflow == OverflowPolicy.DropOldest)
            : new LatestPerKeyQueue<T>(options.Capacity);
        _places = new HandlerPlaces(options.Concurrency);
        _slots = new HandlerSlots<T>(this, options.Concurrency, cancellable);
        _watchdog = options.Timeout == Timeout.InfiniteTimeSpan
            ? null
            : new HandlerWatchdog<T>(_slots, options.Timeout, _scheduler, _clock, TimedOut, CallbackFailed);
    }

    public string Name => _name;

    private bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>Queues an item, or drops one by the overflow policy.</summary>
    public void Offer(T item)
    {
        Interlocked.Increment(ref _offered);
        if (IsDisposed)
        {
            Interlocked.Increment(ref _dropped);
            return;
        }

        if (!TrySelectKey(item, out var key))
        {
            return;
        }

        var result = _queue.Enqueue(item, key, out var dropped);
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
                EnsureDrained();
            }
        }

        if (result != EnqueueResult.Added)
        {
            Interlocked.Increment(ref _dropped);
            Report(FaultReason.QueueFull, dropped, exception: null);
        }
    }

    /// <summary>A helper thread, on the thread pool.</summary>
    void IThreadPoolWorkItem.Execute() => Help();

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
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _watchdog?.Dispose();
        DropAll();
        _slots.CancelAll(CallbackFailed);
    }

    /// <summary>Handles what waits, on the caller's thread, which holds a place and a slot and gives back both.</summary>
    internal void Drain(HandlerSlot<T> slot)
    {
        while (true)
        {
            if (_queue.TryDequeue(out var item))
            {
                if (!_queue.IsEmpty)
                {
                    EnsureHelp();
                }

                if (Handle(slot, item))
                {
                    continue;
                }

                // The handler goes on without this thread and keeps slot and place.
                if (!_places.TryMoveOn())
                {
                    return;
                }

                slot = _slots.Take();
                continue;
            }

            _slots.GiveBack(slot);
            _places.Leave();
            if (_queue.IsEmpty || !_places.TryTake())
            {
                return;
            }

            slot = _slots.Take();
        }
    }

    /// <summary>A handler that went on without a thread has ended, on some thread of the user's: no other handler runs on it.</summary>
    internal void EndAsync(HandlerSlot<T> slot, Exception? error)
    {
        End(slot, error);
        _slots.GiveBack(slot);
        _places.LeaveAsync();
        if (!_queue.IsEmpty)
        {
            EnsureDrained();
        }
    }

    /// <returns>Whether the handler has ended; else the slot is no longer the caller's.</returns>
    private bool Handle(HandlerSlot<T> slot, T item)
    {
        slot.Begin(item, _watchdog is null ? 0 : _clock.Elapsed.Ticks);
        if (IsDisposed)
        {
            slot.End();
            Interlocked.Increment(ref _dropped);
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
            return;
        }

        Interlocked.Increment(ref _failed);
        if (!(IsDisposed && error is OperationCanceledException))
        {
            Report(FaultReason.HandlerFailed, item, error);
        }
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
            Interlocked.Increment(ref _failed);
            Report(FaultReason.HandlerFailed, item, exception);
            return false;
        }
    }

    /// <summary>Makes sure that some thread will take the waiting item.</summary>
    private void EnsureDrained()
    {
        if (_places.TryTakeFirst(out var othersDrain))
        {
            StartDrain();
        }
        else if (othersDrain)
        {
            EnsureHelp();
        }
    }

    private void StartDrain()
    {
        var slot = _slots.Take();
        if (_onThreadPool)
        {
            ThreadPool.UnsafeQueueUserWorkItem(slot, preferLocal: false);
            return;
        }

        try
        {
            _scheduler.Schedule(slot, static (_, slot) =>
            {
                slot.Execute();
                return Disposable.Empty;
            });
        }
        catch (Exception exception)
        {
            // A scheduler that was disposed, say. What waits stays until the next item or dispose.
            _slots.GiveBack(slot);
            _places.Leave();
            Report(FaultReason.HandlerFailed, item: default, exception);
        }
    }

    /// <summary>Makes sure that a helper thread starts soon, unless all places are taken.</summary>
    private void EnsureHelp()
    {
        if (Volatile.Read(ref _helperStarting) != 0 || !_places.HasRoom || Interlocked.Exchange(ref _helperStarting, 1) != 0)
        {
            return;
        }

        var inVain = Volatile.Read(ref _helpersInVain);
        if (_onThreadPool && !inVain)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }

        try
        {
            _scheduler.Schedule(this, inVain ? HelperDelay : TimeSpan.Zero, static (_, self) =>
            {
                self.Help();
                return Disposable.Empty;
            });
        }
        catch (Exception exception)
        {
            Volatile.Write(ref _helperStarting, 0);
            Report(FaultReason.HandlerFailed, item: default, exception);
        }
    }

    private void Help()
    {
        // A full fence: an item whose producer found a helper starting is seen below.
        Interlocked.Exchange(ref _helperStarting, 0);
        var began = _clock.Elapsed;
        if (!_queue.IsEmpty && _places.TryTake())
        {
            Drain(_slots.Take());
        }

        Volatile.Write(ref _helpersInVain, _clock.Elapsed - began < HelperDelay);
    }

    private void DropAll()
    {
        while (_queue.TryDequeue(out _))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    private void TimedOut(T? item)
    {
        Interlocked.Increment(ref _timedOut);
        Report(FaultReason.HandlerTimeout, item, exception: null);
    }

    /// <summary>A callback that a handler had registered with its token threw.</summary>
    private void CallbackFailed(T? item, Exception exception) => Report(FaultReason.HandlerFailed, item, exception);

    private void Report(FaultReason reason, T? item, Exception? exception) =>
        _report(new Fault(reason, _scheduler.Now, Peers.Of(item), Exception: exception, Detail: _name));
}
