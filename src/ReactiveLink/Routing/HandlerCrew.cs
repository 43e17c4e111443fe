using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveLink.Routing;

/// <summary>
/// The threads that drain a handler's queue. They come from the scheduler only while there is work, and each drains as long as there is some.
/// </summary>
/// <remarks>
/// One thread is started when none drains. A handler that goes on asynchronously frees its thread, which takes the next item. A handler that
/// blocks its thread would hold up the queue although places are free, so a helper is started whenever items wait while others drain: at once
/// as long as that proves useful, else after <see cref="HelperDelay"/>, so that quick handlers do not pay for a wake-up per item.
/// </remarks>
internal sealed class HandlerCrew<T>(
    BoundedHandler<T> owner,
    BoundedQueue<T> queue,
    HandlerSlots<T> slots,
    int concurrency,
    IScheduler scheduler,
    IStopwatch clock,
    Action<T?, Exception> failed) : IThreadPoolWorkItem
{
    internal static readonly TimeSpan HelperDelay = TimeSpan.FromMilliseconds(1);

    // The thread pool takes our own objects as work: nothing is allocated to start a thread.
    private readonly bool _onThreadPool =
        ReferenceEquals(scheduler, TaskPoolScheduler.Default) || ReferenceEquals(scheduler, DefaultScheduler.Instance);

    private HandlerPlaces _places = new(concurrency);
    private int _helperStarting;
    private bool _helpersInVain;

    /// <summary>A helper, on the thread pool.</summary>
    void IThreadPoolWorkItem.Execute() => Help();

    /// <summary>Makes sure that some thread will take a waiting item. Call after a full fence.</summary>
    public void EnsureDrained()
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

    /// <summary>Makes sure that a helper starts soon, unless all places are taken.</summary>
    public void EnsureHelp()
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
            scheduler.Schedule(this, inVain ? HelperDelay : TimeSpan.Zero, static (_, self) =>
            {
                self.Help();
                return Disposable.Empty;
            });
        }
        catch (Exception exception)
        {
            Volatile.Write(ref _helperStarting, 0);
            failed(default, exception);
        }
    }

    /// <summary>The thread's handler goes on without it, with the slot and the place. Gives the thread another of each, if there is one.</summary>
    public HandlerSlot<T>? MoveOn() => _places.TryMoveOn() ? slots.Take() : null;

    /// <summary>The thread found nothing to do. Gives it a slot again if something came meanwhile that nobody else may have seen.</summary>
    public HandlerSlot<T>? Leave(HandlerSlot<T> slot)
    {
        slots.GiveBack(slot);
        _places.Leave();
        return !queue.IsEmpty && _places.TryTake() ? slots.Take() : null;
    }

    /// <summary>A handler that went on without a thread has ended.</summary>
    public void LeaveAsync(HandlerSlot<T> slot)
    {
        slots.GiveBack(slot);
        _places.LeaveAsync();
        if (!queue.IsEmpty)
        {
            EnsureDrained();
        }
    }

    private void StartDrain()
    {
        var slot = slots.Take();
        if (_onThreadPool)
        {
            ThreadPool.UnsafeQueueUserWorkItem(slot, preferLocal: false);
            return;
        }

        try
        {
            scheduler.Schedule(slot, static (_, slot) =>
            {
                slot.Execute();
                return Disposable.Empty;
            });
        }
        catch (Exception exception)
        {
            // A scheduler that was disposed, say. What waits stays until the next item or dispose.
            slots.GiveBack(slot);
            _places.Leave();
            failed(default, exception);
        }
    }

    private void Help()
    {
        // A full fence: an item whose producer found a helper starting is seen below.
        Interlocked.Exchange(ref _helperStarting, 0);
        var began = clock.Elapsed;
        if (!queue.IsEmpty && _places.TryTake())
        {
            owner.Drain(slots.Take());
        }

        Volatile.Write(ref _helpersInVain, clock.Elapsed - began < HelperDelay);
    }
}
