using System.Reactive.Concurrency;

namespace ReactiveLink.Testing;

/// <summary>The network's scheduler as a host sees it: its clock, its stopwatch and its timers run by the host's clock.</summary>
internal sealed class HostScheduler(IScheduler scheduler, HostClock clock) : IScheduler, IServiceProvider, IStopwatchProvider
{
    public DateTimeOffset Now => clock.Now;

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) =>
        scheduler.Schedule((this, state, action), static (_, item) => item.action(item.Item1, item.state));

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) =>
        scheduler.Schedule((this, state, action), clock.ToTrue(dueTime), static (_, item) => item.action(item.Item1, item.state));

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
        Schedule(state, dueTime - clock.Now, action);

    public IStopwatch StartStopwatch() => new HostStopwatch(clock);

    object? IServiceProvider.GetService(Type serviceType) => serviceType == typeof(IStopwatchProvider) ? this : null;

    private sealed class HostStopwatch(HostClock clock) : IStopwatch
    {
        private readonly TimeSpan _start = clock.Elapsed;

        public TimeSpan Elapsed => clock.Elapsed - _start;
    }
}
