namespace ReactiveLink.Hosting.Scheduling;

/// <summary>Work at whole periods from its start. Its next wait begins when it has run, so it never runs twice at once.</summary>
internal sealed class PeriodicWork<TState>(TimeProvider time, TState state, TimeSpan period, Func<TState, TState> action) : IThreadPoolWorkItem, IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(24);

    private readonly long _start = time.GetTimestamp();
    private readonly TimeSpan _period = period;
    private TState _state = state;
    private TimeSpan _due = period;
    private volatile TimerWait? _wait;
    private volatile bool _disposed;

    public void Begin()
    {
        if (_disposed)
        {
            return;
        }

        if (_period == TimeSpan.Zero)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }

        var wait = new TimerWait(time, () => _due - time.GetElapsedTime(_start), LongestWait, Execute);
        _wait = wait;
        wait.Begin();
        if (_disposed)
        {
            // Meanwhile, perhaps without having seen this wait.
            wait.Dispose();
        }
    }

    public void Execute()
    {
        if (_disposed)
        {
            return;
        }

        _state = action(_state);
        if (_period > TimeSpan.Zero)
        {
            // The first whole period that is not yet over.
            var elapsed = time.GetElapsedTime(_start);
            _due = elapsed - TimeSpan.FromTicks(elapsed.Ticks % _period.Ticks) + _period;
        }

        Begin();
    }

    public void Dispose()
    {
        _disposed = true;
        _wait?.Dispose();
    }
}
