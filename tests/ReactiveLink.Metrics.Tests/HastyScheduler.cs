using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveLink.Metrics.Tests;

/// <summary>
/// A timer that comes before the call that set it has returned: the first action with a due time runs at once on a thread of its own, at its time. All others
/// are kept until the test runs them.
/// </summary>
internal sealed class HastyScheduler : LocalScheduler
{
    private readonly Queue<Action> _later = new();
    private long _now = DateTimeOffset.UnixEpoch.Ticks;
    private bool _wasHasty;

    public override DateTimeOffset Now => new(_now, TimeSpan.Zero);

    public override IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        if (_wasHasty)
        {
            _later.Enqueue(() => action(this, state));
            return Disposable.Empty;
        }

        _wasHasty = true;
        _now += dueTime.Ticks;
        var timer = new Thread(() => action(this, state));
        timer.Start();
        timer.Join();
        return Disposable.Empty;
    }

    public override IStopwatch StartStopwatch() => new Stopwatch(this);

    /// <summary>Runs what was kept, as a timer would: on no thread of the test's.</summary>
    public void RunNext()
    {
        var next = _later.Dequeue();
        var timer = new Thread(() => next());
        timer.Start();
        timer.Join();
    }

    private sealed class Stopwatch(HastyScheduler scheduler) : IStopwatch
    {
        private readonly DateTimeOffset _start = scheduler.Now;

        public TimeSpan Elapsed => scheduler.Now - _start;
    }
}
