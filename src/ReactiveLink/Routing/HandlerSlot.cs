using System.Runtime.CompilerServices;

namespace ReactiveLink.Routing;

/// <summary>
/// One place among the concurrent handlers: the item being handled, since when, and its cancellation. Reused, so that handling allocates nothing.
/// </summary>
/// <remarks>
/// The state is a run's number times four plus its status. Whoever moves a run out of Running by compare-and-swap (the handler's return, or the
/// watchdog) counts it, so each run is counted once, and a watchdog that looked at an earlier run cannot end a later one.
/// </remarks>
internal sealed class HandlerSlot<T> : IThreadPoolWorkItem
{
    public const long StatusMask = 3;
    public const long Idle = 0;
    public const long Running = 1;
    public const long TimedOut = 2;

    private readonly BoundedHandler<T> _owner;
    private readonly Action _continuation;
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _awaiter;
    private CancellationTokenSource? _cancellation;
    private long _state;
    private long _startedTicks;
    private T? _item;

    public HandlerSlot(BoundedHandler<T> owner, bool cancellable)
    {
        _owner = owner;
        _continuation = Continue;
        _cancellation = cancellable ? new CancellationTokenSource() : null;
    }

    public long State => Volatile.Read(ref _state);

    public long Status => State & StatusMask;

    public long StartedTicks => Volatile.Read(ref _startedTicks);

    /// <summary>Valid for the run in whose state it was read before, if that state is then left by compare-and-swap.</summary>
    public CancellationTokenSource? Cancellation => Volatile.Read(ref _cancellation);

    public T? Item => _item;

    public CancellationToken Token => _cancellation?.Token ?? CancellationToken.None;

    /// <summary>Drains the queue on the thread pool.</summary>
    public void Execute() => _owner.Drain(this);

    /// <summary>Begins a run. A full fence: what is read afterwards is no older than the run is visible.</summary>
    public void Begin(T item, long nowTicks)
    {
        _item = item;
        Volatile.Write(ref _startedTicks, nowTicks);
        Interlocked.Exchange(ref _state, ((_state | StatusMask) + 1) | Running);
    }

    /// <summary>Ends a run from the handler's side.</summary>
    /// <returns>Whether it ended in time; else it was counted already.</returns>
    public bool End()
    {
        var run = _state & ~StatusMask;
        var inTime = Interlocked.CompareExchange(ref _state, run | Idle, run | Running) == (run | Running);
        if (!inTime)
        {
            Volatile.Write(ref _state, run | Idle);
        }

        _item = default;

        // Takes away what the handler has left registered, so that a later run's timeout does not reach it.
        if (_cancellation is not null && (!inTime || !_cancellation.TryReset()))
        {
            Volatile.Write(ref _cancellation, new CancellationTokenSource());
        }

        return inTime;
    }

    /// <summary>Ends a run from the watchdog's side.</summary>
    /// <returns>Whether it was still running.</returns>
    public bool TryTimeOut(long state) =>
        Interlocked.CompareExchange(ref _state, (state & ~StatusMask) | TimedOut, state) == state;

    /// <summary>Lets the run go on without a thread. The slot is no longer the caller's, even if this throws nothing.</summary>
    public void Await(in ValueTask task)
    {
        _awaiter = task.ConfigureAwait(false).GetAwaiter();
        _awaiter.UnsafeOnCompleted(_continuation);
    }

    private void Continue()
    {
        var awaiter = _awaiter;
        _awaiter = default;
        Exception? error = null;
        try
        {
            awaiter.GetResult();
        }
        catch (Exception exception)
        {
            error = exception;
        }

        _owner.EndAsync(this, error);
    }
}
