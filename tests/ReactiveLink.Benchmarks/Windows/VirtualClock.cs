using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveLink.Benchmarks.Windows;

/// <summary>
/// Virtual time that allocates nothing of its own once it has run for a while, so that what is measured is the operators'. What was scheduled cannot be taken
/// back: the operators measured only replace timers that have fired.
/// </summary>
internal sealed class VirtualClock : IScheduler, IServiceProvider, IStopwatchProvider
{
    private readonly PriorityQueue<Work, (long Due, long Order)> _queue = new();
    private long _now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).UtcTicks;
    private long _order;
    private long _nextDue = long.MaxValue;

    private abstract class Work
    {
        public abstract void Run(VirtualClock clock);
    }

    public DateTimeOffset Now => new(_now, TimeSpan.Zero);

    public void AdvanceBy(long ticks)
    {
        long until = _now + ticks;
        if (until < _nextDue)
        {
            _now = until;
            return;
        }

        while (_queue.TryPeek(out var work, out var when) && when.Due <= until)
        {
            _queue.Dequeue();
            _now = when.Due;
            work.Run(this);
        }

        _now = until;
        _nextDue = _queue.TryPeek(out _, out var next) ? next.Due : long.MaxValue;
    }

    public object? GetService(Type serviceType) => serviceType == typeof(IStopwatchProvider) ? this : null;

    public IStopwatch StartStopwatch() => new Watch(this, _now);

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) => Schedule(state, TimeSpan.Zero, action);

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) => Schedule(state, dueTime - Now, action);

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        long due = _now + Math.Max(0, dueTime.Ticks);
        _nextDue = Math.Min(_nextDue, due);
        _queue.Enqueue(Work<TState>.Take(state, action), (due, _order++));
        return Disposable.Empty;
    }

    private sealed class Watch(VirtualClock clock, long start) : IStopwatch
    {
        public TimeSpan Elapsed => new(clock._now - start);
    }

    private sealed class Work<TState> : Work
    {
        private static readonly Stack<Work<TState>> Free = new();
        private TState _state = default!;
        private Func<IScheduler, TState, IDisposable> _action = null!;

        public static Work<TState> Take(TState state, Func<IScheduler, TState, IDisposable> action)
        {
            var work = Free.TryPop(out var used) ? used : new Work<TState>();
            work._state = state;
            work._action = action;
            return work;
        }

        public override void Run(VirtualClock clock)
        {
            var (state, action) = (_state, _action);
            (_state, _action) = (default!, null!);
            Free.Push(this);
            action(clock, state);
        }
    }
}
