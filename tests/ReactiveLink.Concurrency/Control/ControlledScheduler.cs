using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveLink.Concurrency.Control;

/// <summary>
/// A scheduler whose work runs on the controlled threads that stand for the pool. A timer may fire at any step after it was set: a thread that is held up makes
/// any time pass. Its clock moves only by that.
/// </summary>
internal sealed class ControlledScheduler(Controller controller, int maximumTimers) : IScheduler
{
    private static readonly DateTimeOffset Start = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly List<(long Due, Action Action, StrongBox Alive)> _timers = [];
    private long _now;
    private int _fired;

    /// <summary>A timer begins to fire, on this thread, at the time that it is then.</summary>
    public Action? Firing { get; set; }

    /// <summary>How many timers are set, whether they can fire still or not.</summary>
    public int Set => _timers.Count(timer => timer.Alive.Value);

    public DateTimeOffset Now => Start.AddTicks(_now);

    /// <summary>Whether a timer can fire. A history has only so many: a timer that is set again and again has no end.</summary>
    public bool HasTimer => _fired < maximumTimers && _timers.Exists(timer => timer.Alive.Value);

    public void Fire()
    {
        _timers.RemoveAll(timer => !timer.Alive.Value);
        if (_timers.Count == 0)
        {
            return;
        }

        var next = _timers.MinBy(timer => timer.Due);
        _timers.Remove(next);
        _fired++;
        _now = Math.Max(_now, next.Due);
        Firing?.Invoke();
        next.Action();
    }

    /// <summary>Time goes by, and timers that are due fire when they will.</summary>
    public void Pass(TimeSpan time) => _now += time.Ticks;

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action)
    {
        RequireNoLock();
        Interleave.Point("Schedule");
        var alive = new StrongBox();
        controller.Work.Enqueue(() =>
        {
            if (alive.Value)
            {
                action(this, state);
            }
        });
        return Disposable.Create(() => alive.Value = false);
    }

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        if (dueTime <= TimeSpan.Zero)
        {
            return Schedule(state, action);
        }

        RequireNoLock();
        Interleave.Point("Schedule");
        var alive = new StrongBox();
        _timers.Add((_now + dueTime.Ticks, () => action(this, state), alive));
        return Disposable.Create(() => alive.Value = false);
    }

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
        Schedule(state, dueTime - Now, action);

    private void RequireNoLock()
    {
        if (Interleave.Current is { LocksHeld: > 0 })
        {
            controller.Fail("The scheduler is called under a lock of ours.");
        }
    }

    private sealed class StrongBox
    {
        public bool Value { get; set; } = true;
    }
}
