using System.Reactive.Concurrency;
using ReactiveLink.Hosting.Scheduling;

namespace ReactiveLink.Hosting;

/// <summary>Rx's time from .NET's.</summary>
public static class TimeProviderScheduling
{
    /// <summary>
    /// An Rx scheduler whose time is a <see cref="TimeProvider"/>'s. What is due at once runs on the thread pool.
    /// <list type="table">
    /// <listheader><term>what</term><description>by</description></listheader>
    /// <item><term><see cref="IScheduler.Now"/>, absolute times</term><description><see cref="TimeProvider.GetUtcNow"/>; a clock that is set is noticed within a minute</description></item>
    /// <item><term>relative times, stopwatches, periods</term><description><see cref="TimeProvider.GetTimestamp"/>: monotonic, and as long as <see cref="TimeSpan"/> can be</description></item>
    /// <item><term>waiting</term><description><see cref="TimeProvider.CreateTimer"/>, once for each wait of at most 24 days; nothing runs before its time</description></item>
    /// <item><term>periodic work</term><description>at whole periods from the start, never two at once; periods that pass while it runs, or that come late, are skipped</description></item>
    /// <item><term>the caller's <see cref="ExecutionContext"/> (async locals, the current activity)</term><description>does not go along, whenever the work is due; Rx's own schedulers take it</description></item>
    /// <item><term>work that throws</term><description>ends the process, as on Rx's own schedulers</description></item>
    /// <item><term>dispose</term><description>what has not begun does not run; its timer is freed</description></item>
    /// </list>
    /// </summary>
    /// <param name="time">The time.</param>
    /// <returns>A scheduler, also <see cref="ISchedulerPeriodic"/> and <see cref="IStopwatchProvider"/>.</returns>
    public static IScheduler ToScheduler(this TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return new TimeProviderScheduler(time);
    }
}
