using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveLink.Hosting.Scheduling;

/// <summary>See <see cref="TimeProviderScheduling.ToScheduler"/>.</summary>
internal sealed class TimeProviderScheduler(TimeProvider time) : IScheduler, ISchedulerPeriodic, IStopwatchProvider, IServiceProvider
{
    /// <summary>Timers take no more than 49 days.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(24);

    /// <summary>A clock that was set is looked at again after this time.</summary>
    private static readonly TimeSpan LongestAbsoluteWait = TimeSpan.FromMinutes(1);

    public DateTimeOffset Now => time.GetUtcNow();

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        var work = new ScheduledWork<TState>(this, state, action);
        ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
        return work;
    }

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        if (dueTime <= TimeSpan.Zero)
        {
            return Schedule(state, action);
        }

        var start = time.GetTimestamp();
        return Schedule(state, () => dueTime - time.GetElapsedTime(start), LongestWait, action);
    }

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
        dueTime <= time.GetUtcNow() ? Schedule(state, action) : Schedule(state, () => dueTime - time.GetUtcNow(), LongestAbsoluteWait, action);

    public IDisposable SchedulePeriodic<TState>(TState state, TimeSpan period, Func<TState, TState> action)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(action);
        var work = new PeriodicWork<TState>(time, state, period, action);
        work.Begin();
        return work;
    }

    public IStopwatch StartStopwatch() => new TimeProviderStopwatch(time);

    /// <summary>How Rx asks a scheduler what else it can do.</summary>
    public object? GetService(Type serviceType) =>
        serviceType == typeof(ISchedulerPeriodic) || serviceType == typeof(IStopwatchProvider) ? this : null;

    private IDisposable Schedule<TState>(TState state, Func<TimeSpan> left, TimeSpan longest, Func<IScheduler, TState, IDisposable> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        var work = new ScheduledWork<TState>(this, state, action);
        var wait = new TimerWait(time, left, longest, work.Execute);
        wait.Begin();
        return StableCompositeDisposable.Create(wait, work);
    }

    private sealed class TimeProviderStopwatch(TimeProvider time) : IStopwatch
    {
        private readonly long _start = time.GetTimestamp();

        public TimeSpan Elapsed => time.GetElapsedTime(_start);
    }
}
