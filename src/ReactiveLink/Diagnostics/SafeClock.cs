using System.Reactive.Concurrency;

namespace ReactiveLink.Diagnostics;

/// <summary>The time of reports. A user's clock may throw; that costs a report its time, and must not cost a datagram, a stream or a timer's thread.</summary>
internal static class SafeClock
{
    /// <summary>The scheduler's time; 1970-01-01 where its clock throws.</summary>
    public static DateTimeOffset SafeNow(this IScheduler scheduler)
    {
        try
        {
            return scheduler.Now;
        }
        catch (Exception)
        {
            // There is nobody to tell but by a report, which would ask the same clock.
            return DateTimeOffset.UnixEpoch;
        }
    }
}
