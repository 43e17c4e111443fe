using System.Reactive.Concurrency;
using ReactiveLink.Diagnostics;

namespace ReactiveLink.Transport;

/// <summary>
/// Both times of a datagram from one reading: the monotonic one is read, the wall time is derived from it. The wall clock is read anew at
/// least every 100 ms, and so always after a pause: a step of the clock shows by then.
/// </summary>
/// <remarks>Used by the receive thread only.</remarks>
internal sealed class ReceiveClock(IScheduler scheduler)
{
    private const long RebaseTicks = 100 * TimeSpan.TicksPerMillisecond;

    private readonly IStopwatch _stopwatch = scheduler.StartStopwatch();
    private long _baseElapsed = -RebaseTicks;
    private long _baseUtc;

    /// <summary>
    /// Whether the system's own time stamps may stand for the scheduler's clock: asked for, and the scheduler is one of Rx's that run on the wall
    /// clock. Of any other one cannot know what its clock shows.
    /// </summary>
    public static bool MayUseSystemTime(UdpTransportOptions options) =>
        options.KernelTimestamps && options.Scheduler is LocalScheduler && options.Scheduler.GetType().Assembly == typeof(LocalScheduler).Assembly;

    public void Read(out long utcTicks, out long elapsedTicks)
    {
        var elapsed = _stopwatch.Elapsed.Ticks;
        if (elapsed - _baseElapsed >= RebaseTicks)
        {
            _baseElapsed = elapsed;
            _baseUtc = scheduler.SafeNow().UtcTicks;
        }

        utcTicks = _baseUtc + (elapsed - _baseElapsed);
        elapsedTicks = elapsed;
    }
}
