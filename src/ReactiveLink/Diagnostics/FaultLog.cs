using Microsoft.Extensions.Logging;

namespace ReactiveLink.Diagnostics;

/// <summary>
/// Writes faults to a logger, at most one line per reason in an interval, with the number that was left out: a flood of bad input cannot
/// flood the log.
/// </summary>
internal sealed class FaultLog(ILogger logger, TimeSpan interval)
{
    private readonly long[] _nextTicks = new long[FaultReasons.All.Length];
    private readonly long[] _suppressed = new long[FaultReasons.All.Length];

    /// <summary>Logs the fault, or counts it as left out.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="elapsedTicks">Monotonic time.</param>
    public void Write(in Fault fault, long elapsedTicks)
    {
        var index = (int)fault.Reason;
        var next = Volatile.Read(ref _nextTicks[index]);
        if (elapsedTicks < next || Interlocked.CompareExchange(ref _nextTicks[index], elapsedTicks + interval.Ticks, next) != next)
        {
            Interlocked.Add(ref _suppressed[index], fault.Count);
            return;
        }

        Put(fault, Interlocked.Exchange(ref _suppressed[index], 0));
    }

    /// <summary>Writes what was left out and not yet said.</summary>
    public void Flush(DateTimeOffset now)
    {
        foreach (var reason in FaultReasons.All)
        {
            var suppressed = Interlocked.Exchange(ref _suppressed[(int)reason], 0);
            if (suppressed > 0)
            {
                Put(new Fault(reason, now, Detail: "at close"), suppressed);
            }
        }
    }

    private void Put(in Fault fault, long suppressed)
    {
        if (logger.IsEnabled(LogLevel.Warning))
        {
            Log.Fault(logger, fault.Exception, fault with { Exception = null }, fault.Reason.ToName(), fault.Count, fault.Peer, fault.Detail, suppressed);
        }
    }
}
