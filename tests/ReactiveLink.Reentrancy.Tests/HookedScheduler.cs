using System.Reactive.Concurrency;

namespace ReactiveLink.Reentrancy.Tests;

/// <summary>Virtual time that calls the hooks when it is asked for the time or for work, and from the work.</summary>
internal sealed class HookedScheduler(HistoricalScheduler time, Hooks hooks) : LocalScheduler
{
    public override DateTimeOffset Now => hooks.In(Callback.Clock, time.Now);

    public override IStopwatch StartStopwatch() => new Stopwatch(time, hooks);

    public override IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        hooks.In(Callback.Schedule);
        return time.Schedule(state, dueTime, (_, given) =>
        {
            hooks.In(Callback.ScheduledAction);
            return action(this, given);
        });
    }

    private sealed class Stopwatch(HistoricalScheduler time, Hooks hooks) : IStopwatch
    {
        private readonly DateTimeOffset _start = time.Now;

        public TimeSpan Elapsed => hooks.In(Callback.Clock, time.Now - _start);
    }
}
