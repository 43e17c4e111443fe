using ReactiveLink.Diagnostics;

namespace ReactiveLink.Routing;

/// <content>The end of a handler: drained, cut off, or disposed.</content>
internal sealed partial class BoundedHandler<T>
{
    private TaskCompletionSource? _drained;
    private int _reporting;

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

    /// <summary>The end of an item that is a fault. Counted before it is reported, but not drained before it has been: after a drain nobody may be left to tell.</summary>
    private void CountAndReport(ref long counter, FaultReason reason, T? item, Exception? exception)
    {
        Interlocked.Increment(ref _reporting);
        Interlocked.Increment(ref counter);
        Report(reason, item, exception);
        Interlocked.Decrement(ref _reporting);
        Settled();
    }

    /// <summary>Call after an item was counted at its end (which is a full fence): either this thread sees the drain, or the drain the count.</summary>
    private void Settled()
    {
        if (Volatile.Read(ref _drained) is not { } drained)
        {
            return;
        }

        // The ends first: none of them is counted before its item was offered, nor before it is known to be reported, so this means that nothing was under way.
        var ends = Interlocked.Read(ref _handled) + Interlocked.Read(ref _failed) + Interlocked.Read(ref _timedOut) + Interlocked.Read(ref _dropped);
        if (ends == Interlocked.Read(ref _offered) && Volatile.Read(ref _reporting) == 0)
        {
            drained.TrySetResult();
        }
    }

    private void Drop(T item)
    {
        if (IsDraining)
        {
            CountAndReport(ref _dropped, FaultReason.Draining, item, exception: null);
        }
        else
        {
            Interlocked.Increment(ref _dropped);

            // A drain that began meanwhile.
            Settled();
        }
    }

    private void DropAll()
    {
        Interlocked.Increment(ref _reporting);
        var count = 0L;
        while (_queue.TryDequeue(out _))
        {
            Interlocked.Increment(ref _dropped);
            count++;
        }

        if (count > 0 && IsDraining)
        {
            _report(new Fault(FaultReason.Draining, _scheduler.SafeNow(), Count: count, Detail: _name));
        }

        Interlocked.Decrement(ref _reporting);
        Settled();
    }
}
