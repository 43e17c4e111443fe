using System.Reactive.Disposables;

namespace ReactiveLink.Metrics.Alerts;

/// <summary>What happens without an item. Only the owner of <c>_work</c> comes here, but for the timer itself.</summary>
internal sealed partial class AlertSink<T, TKey>
{
    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);

    /// <summary>System timers cannot wait for longer than 49 days; a tick too early only sets the next.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    /// <summary>Does what is due up to a time, over all keys in the order of their deadlines.</summary>
    private void StepAll(long until)
    {
        while (!_stopped && _waiting.Earliest is { } machine && machine.Deadline <= until)
        {
            // Items only move a deadline on, which the heap is not told of; so it may be later than the heap knows.
            if (machine.Next > machine.Deadline)
            {
                _waiting.Set(machine, machine.Next);
            }
            else if (machine.Step(this))
            {
                Await(machine);
            }
            else
            {
                _waiting.Remove(machine);
                _machines!.Remove((TKey)machine.Key!);
            }
        }
    }

    private void Await(AlertMachine<T> machine)
    {
        var next = machine.Next;
        if (machine.HeapIndex < 0 ? next != long.MaxValue : next < machine.Deadline)
        {
            _waiting.Set(machine, next);
        }
    }

    private void Tick()
    {
        var now = Now();
        var isEarly = now < _timerDue;
        _timerDue = long.MaxValue;

        // What came before now is data of before now.
        WorkOffInbox();
        _latest = Math.Max(_latest, now);
        StepAll(now);

        // System timers count whole milliseconds and may come up to one early; asking for the rest of one would spin.
        SetTimer(isEarly ? OneMillisecond : TimeSpan.Zero);
    }

    /// <summary>There is one timer, for the earliest deadline. One whose machine no longer waits does no harm: it sets the next.</summary>
    private void SetTimer(TimeSpan atLeast)
    {
        if (_stopped || _waiting.Earliest is not { Deadline: not long.MaxValue } earliest || earliest.Deadline >= _timerDue)
        {
            return;
        }

        _timerDue = earliest.Deadline;
        var wait = TimeSpan.FromTicks(Math.Clamp(_timerDue - Now(), atLeast.Ticks, LongestWait.Ticks));
        _timer.Disposable = rule.Scheduler.Schedule(this, wait, static (_, sink) => sink.OnTimer());
    }

    private IDisposable OnTimer()
    {
        _hasTicked = true;
        if (Interlocked.Increment(ref _work) == 1)
        {
            WorkOff();
        }

        return Disposable.Empty;
    }
}
