namespace ReactiveLink.Hosting.Scheduling;

/// <summary>One wait, made of as many timers' waits as it needs: timers may not be as long, may come early, and the clock may be set meanwhile.</summary>
/// <param name="time">The time.</param>
/// <param name="left">How long it still takes.</param>
/// <param name="longest">Look at the time again after this long.</param>
/// <param name="elapsed">Called once, on the timer's thread.</param>
internal sealed class TimerWait(TimeProvider time, Func<TimeSpan> left, TimeSpan longest, Action elapsed) : IDisposable
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);

    private ITimer? _timer;
    private volatile bool _disposed;

    /// <summary>Not in the constructor: a timer may come before that has returned.</summary>
    public void Begin()
    {
        _timer = CreateTimer();
        Arm(left());
    }

    public void Dispose()
    {
        _disposed = true;
        _timer?.Dispose();
    }

    /// <summary>A timer would take the caller's context along; work that is due at once does not.</summary>
    private ITimer CreateTimer()
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            return time.CreateTimer(static state => ((TimerWait)state!).Check(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        using (ExecutionContext.SuppressFlow())
        {
            return CreateTimer();
        }
    }

    private void Check()
    {
        if (_disposed)
        {
            return;
        }

        var rest = left();
        if (rest > TimeSpan.Zero)
        {
            // A timer that came early counts in milliseconds: asked for less, it would come again at once.
            Arm(rest < Least ? Least : rest);
            return;
        }

        Dispose();
        elapsed();
    }

    private void Arm(TimeSpan due) =>
        _timer!.Change(due < TimeSpan.Zero ? TimeSpan.Zero : due < longest ? due : longest, Timeout.InfiniteTimeSpan);
}
