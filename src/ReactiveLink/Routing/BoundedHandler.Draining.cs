using ReactiveLink.Diagnostics;

namespace ReactiveLink.Routing;

/// <content>The end of a handler: drained, cut off, or disposed.</content>
internal sealed partial class BoundedHandler<T>
{
    private TaskCompletionSource? _drained;

    private bool IsDraining => Volatile.Read(ref _drained) is not null;

    /// <summary>
    /// Stops the intake: what comes from now on is dropped, counted and a <c>draining</c> fault. What waits and runs goes on. Idempotent.
    /// </summary>
    /// <returns>Completes when every item offered was handled, failed, timed out or dropped, or the handler is disposed. Not awaited: overdue handlers.</returns>
    public Task DrainAsync()
    {
        var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var drained = Interlocked.CompareExchange(ref _drained, made, comparand: null) ?? made;
        if (IsDisposed)
        {
            drained.TrySetResult();
        }

        Settled();
        return drained.Task;
    }

    /// <summary>The time for draining is up. As <see cref="Dispose"/>, but what waited is a <c>draining</c> fault, and what runs has timed out.</summary>
    public void CutOff()
    {
        if (TryStop())
        {
            _slots.TimeOutAll(TimedOut, FailedOutside);
        }
    }

    private bool TryStop()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return false;
        }

        _watchdog?.Dispose();
        DropAll();
        Volatile.Read(ref _drained)?.TrySetResult();
        return true;
    }

    /// <summary>Call after an item was counted at its end (which is a full fence) and reported: either this thread sees the drain, or the drain the count.</summary>
    private void Settled()
    {
        if (Volatile.Read(ref _drained) is not { } drained)
        {
            return;
        }

        // The ends first: none of them is counted before its item was offered, so equality means that nothing was under way.
        var ends = Interlocked.Read(ref _handled) + Interlocked.Read(ref _failed) + Interlocked.Read(ref _timedOut) + Interlocked.Read(ref _dropped);
        if (ends == Interlocked.Read(ref _offered))
        {
            drained.TrySetResult();
        }
    }

    private void Drop(T item)
    {
        Interlocked.Increment(ref _dropped);
        if (IsDraining)
        {
            Report(FaultReason.Draining, item, exception: null);
            Settled();
        }
    }

    private void DropAll()
    {
        var count = 0L;
        while (_queue.TryDequeue(out _))
        {
            Interlocked.Increment(ref _dropped);
            count++;
        }

        if (count > 0 && IsDraining)
        {
            _report(new Fault(FaultReason.Draining, _scheduler.SafeNow(), Count: count, Detail: _name));
            Settled();
        }
    }
}
