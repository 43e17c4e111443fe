using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveLink.Tool;

/// <summary>Tells once when nothing was seen for a while. Costs a reading of the clock per sighting, no timer.</summary>
internal sealed class IdleWatch : IDisposable
{
    private readonly IScheduler _scheduler;
    private readonly IStopwatch _clock;
    private readonly TimeSpan _patience;
    private readonly Func<bool> _isBusy;
    private readonly Action _expired;
    private readonly SerialDisposable _timer = new();
    private long _lastTicks;

    /// <summary>Starts to watch.</summary>
    /// <param name="scheduler">The time.</param>
    /// <param name="patience">How long nothing must be seen.</param>
    /// <param name="isBusy">Whether sightings wait to be told of: then it is not idle.</param>
    /// <param name="expired">What to call then.</param>
    public IdleWatch(IScheduler scheduler, TimeSpan patience, Func<bool> isBusy, Action expired)
    {
        _scheduler = scheduler;
        _clock = scheduler.StartStopwatch();
        _patience = patience;
        _isBusy = isBusy;
        _expired = expired;
        Wait(patience);
    }

    /// <summary>Something was seen.</summary>
    public void Touch() => Volatile.Write(ref _lastTicks, _clock.Elapsed.Ticks);

    public void Dispose() => _timer.Dispose();

    private void Check()
    {
        if (_isBusy())
        {
            Touch();
        }

        var remaining = _patience - (_clock.Elapsed - TimeSpan.FromTicks(Volatile.Read(ref _lastTicks)));
        if (remaining > TimeSpan.Zero)
        {
            Wait(remaining);
        }
        else
        {
            _expired();
        }
    }

    private void Wait(TimeSpan time) => _timer.Disposable = _scheduler.Schedule(time, Check);
}
