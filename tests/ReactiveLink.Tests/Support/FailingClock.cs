using System.Reactive.Concurrency;

namespace ReactiveLink.Tests.Support;

/// <summary>The thread pool's scheduler with a wall clock, and timers, that fail when told. Its stopwatch goes on.</summary>
internal sealed class FailingClock : LocalScheduler
{
    private volatile bool _fails;
    private volatile bool _timersFail;

    public bool Fails
    {
        get => _fails;
        set => _fails = value;
    }

    public bool TimersFail
    {
        get => _timersFail;
        set => _timersFail = value;
    }

    public override DateTimeOffset Now => _fails ? throw new InvalidOperationException("The clock has stopped.") : base.Now;

    public override IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) =>
        _timersFail ? throw new ObjectDisposedException("timer") : DefaultScheduler.Instance.Schedule(state, dueTime, action);
}
