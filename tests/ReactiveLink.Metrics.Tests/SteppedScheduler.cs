using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveLink.Metrics.Tests;

/// <summary>A scheduler whose clock can be set, as an administrator sets a machine's, while its stopwatch and timers go on. Counts the timers that are set.</summary>
internal sealed class SteppedScheduler(IScheduler time) : LocalScheduler
{
    private int _pending;

    public TimeSpan Step { get; set; }

    public int Pending => Volatile.Read(ref _pending);

    public override DateTimeOffset Now => time.Now + Step;

    public override IStopwatch StartStopwatch() => time.StartStopwatch();

    public override IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        Interlocked.Increment(ref _pending);
        var over = Disposable.Create(() => Interlocked.Decrement(ref _pending));
        var timer = time.Schedule(state, dueTime, (_, s) =>
        {
            over.Dispose();
            return action(this, s);
        });
        return new CompositeDisposable(timer, over);
    }
}
