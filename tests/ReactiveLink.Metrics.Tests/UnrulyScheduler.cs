using System.Reactive.Concurrency;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests;

/// <summary>Virtual time whose timers come early, or cannot be set at all, and whose clock may throw. Counts those that were asked for.</summary>
internal sealed class UnrulyScheduler(TestScheduler time) : LocalScheduler
{
    public TimeSpan Early { get; init; }

    public int Asked { get; private set; }

    public int AllowedTimers { get; init; } = int.MaxValue;

    public override DateTimeOffset Now => time.Now;

    /// <summary>What the stopwatch throws from now on.</summary>
    public Exception? ClockError { get; set; }

    public override IStopwatch StartStopwatch() => new Stopwatch(this, time.StartStopwatch());

    public override IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        Asked++;
        ObjectDisposedException.ThrowIf(Asked > AllowedTimers, this);
        return time.Schedule(state, dueTime - Early, (_, s) => action(this, s));
    }

    private sealed class Stopwatch(UnrulyScheduler scheduler, IStopwatch watch) : IStopwatch
    {
        public TimeSpan Elapsed => scheduler.ClockError is { } error ? throw error : watch.Elapsed;
    }
}
