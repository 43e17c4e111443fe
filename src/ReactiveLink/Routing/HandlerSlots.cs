using System.Collections.Concurrent;

namespace ReactiveLink.Routing;

/// <summary>The slots of one handler: made when first needed, at most one per place, then reused.</summary>
internal sealed class HandlerSlots<T>(BoundedHandler<T> owner, int concurrency, bool cancellable)
{
    private readonly HandlerSlot<T>?[] _all = new HandlerSlot<T>?[concurrency];
    private readonly ConcurrentQueue<HandlerSlot<T>> _free = new();
    private int _made;

    /// <summary>A slot for someone who holds a place. There is one: a slot is given back before its place.</summary>
    public HandlerSlot<T> Take()
    {
        if (_free.TryDequeue(out var slot))
        {
            return slot;
        }

        slot = new HandlerSlot<T>(owner, cancellable);
        Volatile.Write(ref _all[Interlocked.Increment(ref _made) - 1], slot);
        return slot;
    }

    public void GiveBack(HandlerSlot<T> slot) => _free.Enqueue(slot);

    /// <summary>Every slot made so far.</summary>
    public ReadOnlySpan<HandlerSlot<T>?> All => _all.AsSpan(0, Volatile.Read(ref _made));

    public (int Running, int Overdue) CountRunning()
    {
        var running = 0;
        var overdue = 0;
        foreach (var slot in All)
        {
            switch (slot?.Status)
            {
                case HandlerSlot<T>.Running:
                    running++;
                    break;
                case HandlerSlot<T>.TimedOut:
                    overdue++;
                    break;
            }
        }

        return (running, overdue);
    }

    /// <summary>Signals the token of every handler that runs.</summary>
    public void CancelAll(Action<T?, Exception> failed)
    {
        foreach (var slot in All)
        {
            if (slot is not null && slot.Status == HandlerSlot<T>.Running)
            {
                Cancel(slot.Cancellation, slot.Item, failed);
            }
        }
    }

    /// <summary>Times out every handler that runs.</summary>
    public void TimeOutAll(Action<T?> timedOut, Action<T?, Exception> failed)
    {
        foreach (var slot in All)
        {
            var state = slot?.State ?? HandlerSlot<T>.Idle;
            if ((state & HandlerSlot<T>.StatusMask) != HandlerSlot<T>.Running)
            {
                continue;
            }

            // Read before the compare-and-swap, which says whether they belong to this run.
            var cancellation = slot!.Cancellation;
            var item = slot.Item;
            if (slot.TryTimeOut(state))
            {
                timedOut(item);
                Cancel(cancellation, item, failed);
            }
        }
    }

    /// <summary>Signals a token. Callbacks that a handler has registered run here, and may throw.</summary>
    public static void Cancel(CancellationTokenSource? cancellation, T? item, Action<T?, Exception> failed)
    {
        try
        {
            cancellation?.Cancel();
        }
        catch (Exception exception)
        {
            failed(item, exception);
        }
    }
}
