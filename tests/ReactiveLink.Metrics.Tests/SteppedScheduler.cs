using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests;

/// <summary>Virtual time whose clock can be set, as an administrator sets a machine's, while its stopwatch and timers go on. Counts the timers that are set.</summary>
internal sealed class SteppedScheduler(TestScheduler time) : LocalScheduler
{
    public TimeSpan Step { get; set; }

    public int Pending { get; private set; }

    public override DateTimeOffset Now => time.Now + Step;

    public override IStopwatch StartStopwatch() => time.StartStopwatch();

    public override IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        Pending++;
        var over = Disposable.Create(() => Pending--);
        var timer = time.Schedule(state, dueTime, (_, s) =>
        {
            over.Dispose();
            return action(this, s);
        });
        return new CompositeDisposable(timer, over);
    }
}
