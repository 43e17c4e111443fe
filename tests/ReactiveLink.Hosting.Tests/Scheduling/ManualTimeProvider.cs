namespace ReactiveLink.Hosting.Tests.Scheduling;

/// <summary>A time that moves when told. Timers run on the thread that moves it, each at its own time.</summary>
internal sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private TimeSpan _elapsed;
    private TimeSpan _step;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How much early timers come; never before the time of their setting.</summary>
    public TimeSpan Early { get; set; }

    /// <summary>Timers that are set.</summary>
    public int Pending
    {
        get
        {
            lock (_gate)
            {
                return _timers.Count(timer => timer.Due is not null);
            }
        }
    }

    /// <summary>Timers that are not disposed.</summary>
    public int Alive
    {
        get
        {
            lock (_gate)
            {
                return _timers.Count;
            }
        }
    }

    public int Set { get; private set; }

    public TimeSpan LongestSet { get; private set; }

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return 1_000 + _elapsed.Ticks;
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) + _elapsed + _step;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Assert.Equal(Timeout.InfiniteTimeSpan, period);
        var timer = new ManualTimer(this, () => callback(state));
        lock (_gate)
        {
            _timers.Add(timer);
        }

        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Sets the clock, as an administrator does; timers and timestamps do not notice.</summary>
    public void SetClock(TimeSpan by)
    {
        lock (_gate)
        {
            _step += by;
        }
    }

    public void Advance(TimeSpan by)
    {
        var end = _elapsed + by;
        while (TakeNext(end) is { } timer)
        {
            timer.Callback();
        }

        lock (_gate)
        {
            _elapsed = end;
        }
    }

    /// <summary>To the end at once: timers that were due in between come late.</summary>
    public void Jump(TimeSpan by)
    {
        lock (_gate)
        {
            _elapsed += by;
        }

        Advance(TimeSpan.Zero);
    }

    private ManualTimer? TakeNext(TimeSpan end)
    {
        lock (_gate)
        {
            var next = _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
            if (next is not null)
            {
                _elapsed = next.Due > _elapsed ? next.Due.Value : _elapsed;
                next.Due = null;
            }

            return next;
        }
    }

    private sealed class ManualTimer(ManualTimeProvider time, Action callback) : ITimer
    {
        public TimeSpan? Due { get; set; }

        public Action Callback { get; } = callback;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                if (!time._timers.Contains(this))
                {
                    return false;
                }

                Due = dueTime == Timeout.InfiniteTimeSpan ? null : time._elapsed + (dueTime > time.Early ? dueTime - time.Early : dueTime);
                if (Due is not null)
                {
                    time.Set++;
                    time.LongestSet = dueTime > time.LongestSet ? dueTime : time.LongestSet;
                }

                return true;
            }
        }

        public void Dispose()
        {
            lock (time._gate)
            {
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
