using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveLink.Routing;

/// <summary>
/// Ends runs that take longer than the timeout. One timer for all handlers of a route, armed while any runs: handlers that return quickly cost
/// a look at a flag, and since all have the same timeout, the timer is always due no later than the earliest of them.
/// </summary>
internal sealed class HandlerWatchdog<T>(
    HandlerSlots<T> slots,
    TimeSpan timeout,
    IScheduler scheduler,
    IStopwatch clock,
    Action<T?> timedOut,
    Action<T?, Exception> failed) : IDisposable
{
    // Not serial: a timer that fires at once schedules the next one before its own is assigned, and that must not end the next.
    private readonly MultipleAssignmentDisposable _timer = new();
    private int _armed;

    /// <summary>Call after a run has begun (which is a full fence).</summary>
    public void Arm()
    {
        if (Volatile.Read(ref _armed) == 0 && Interlocked.Exchange(ref _armed, 1) == 0)
        {
            Schedule(timeout);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Schedule(TimeSpan due)
    {
        if (_timer.IsDisposed)
        {
            return;
        }

        try
        {
            _timer.Disposable = scheduler.Schedule(this, due, static (_, self) =>
            {
                self.Check();
                return Disposable.Empty;
            });
        }
        catch (Exception exception)
        {
            // A scheduler that was disposed, say: the next run tries again.
            Volatile.Write(ref _armed, 0);
            failed(default, exception);
        }
    }

    private void Check()
    {
        if (_timer.IsDisposed)
        {
            return;
        }

        List<(CancellationTokenSource? Cancellation, T? Item)>? expired = null;
        var next = Sweep(ref expired);
        if (next is null)
        {
            // Disarms, then looks again: a run that began in between has either seen the flag down and armed, or is seen here.
            Interlocked.Exchange(ref _armed, 0);
            next = Sweep(ref expired);
            if (next is not null && Interlocked.Exchange(ref _armed, 1) != 0)
            {
                next = null;
            }
        }

        if (next is not null)
        {
            Schedule(next.Value);
        }

        // Last, because callbacks of the user run in there and may take their time.
        foreach (var (cancellation, item) in expired ?? [])
        {
            HandlerSlots<T>.Cancel(cancellation, item, failed);
        }
    }

    /// <summary>Marks what is overdue. Gives the time until the next run may be, or null if none runs.</summary>
    private TimeSpan? Sweep(ref List<(CancellationTokenSource?, T?)>? expired)
    {
        var now = clock.Elapsed.Ticks;
        var next = long.MaxValue;
        foreach (var slot in slots.All)
        {
            var state = slot?.State ?? HandlerSlot<T>.Idle;
            if ((state & HandlerSlot<T>.StatusMask) != HandlerSlot<T>.Running)
            {
                continue;
            }

            // Read before the compare-and-swap, which says whether they belong to this run.
            var cancellation = slot!.Cancellation;
            var item = slot.Item;
            var left = slot.StartedTicks + timeout.Ticks - now;
            if (left > 0)
            {
                next = Math.Min(next, left);
            }
            else if (slot.TryTimeOut(state))
            {
                timedOut(item);
                (expired ??= []).Add((cancellation, item));
            }
        }

        return next == long.MaxValue ? null : TimeSpan.FromTicks(next);
    }
}
