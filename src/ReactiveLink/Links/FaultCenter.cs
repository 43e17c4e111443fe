using System.Collections.Immutable;
using System.Reactive.Concurrency;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ReactiveLink.Diagnostics;
using ReactiveLink.Transport;

namespace ReactiveLink.Links;

/// <summary>Where all faults of a link meet: counted by reason, logged within bounds, and published. Any thread.</summary>
internal sealed class FaultCenter
{
    /// <summary>Faults that wait for one slow observer; beyond, it misses the newest, the counts do not.</summary>
    private const int Capacity = 1024;

    private readonly long[] _counts = new long[FaultReasons.All.Length];
    private readonly SerializedHub<Fault> _hub;
    private readonly IScheduler _scheduler;
    private readonly IStopwatch _clock;
    private readonly FaultLog _log;
    private readonly DeferredFaults _later;

    public FaultCenter(IScheduler scheduler, ILogger logger, TimeSpan logInterval)
    {
        _scheduler = scheduler;
        _clock = scheduler.StartStopwatch();
        _log = new FaultLog(logger, logInterval);
        _hub = new SerializedHub<Fault>(Capacity, SubscriberFailed);
        _later = new DeferredFaults(fault => Publish(fault), Capacity);
    }

    public IObservable<Fault> Stream => _hub;

    /// <summary>Faults that were counted, and that an observer missed because it was slow.</summary>
    public long Missed => _hub.Dropped + _later.Missed;

    public DateTimeOffset Now => _scheduler.SafeNow();

    public void Report(FaultReason reason, UdpEndpoint? peer = null, Exception? exception = null, string? detail = null) =>
        Report(new Fault(reason, _scheduler.SafeNow(), peer, 1, exception, detail));

    public void Report(Fault fault)
    {
        Count(fault);
        Publish(fault);
    }

    /// <summary>
    /// Counts at once and publishes from the thread pool: for the send path, whose callers may hold locks of their own and whose pump must not wait for
    /// an observer that sends.
    /// </summary>
    public void ReportLater(Fault fault)
    {
        Count(fault);
        _later.Post(fault);
    }

    private void Count(in Fault fault) => Interlocked.Add(ref _counts[(int)fault.Reason], fault.Count);

    private void Publish(in Fault fault)
    {
        try
        {
            _log.Write(fault, _clock.Elapsed.Ticks);
        }
        catch (Exception exception)
        {
            // A logger that throws must not cost a datagram; the fault stream still tells.
            _hub.OnNext(new Fault(FaultReason.SubscriberFailed, fault.At, Exception: exception, Detail: "logger"));
            Interlocked.Increment(ref _counts[(int)FaultReason.SubscriberFailed]);
        }

        _hub.OnNext(fault);
    }

    public void SubscriberFailed(Exception exception) => Report(FaultReason.SubscriberFailed, exception: exception);

    public long[] ReadCounts()
    {
        var counts = new long[_counts.Length];
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = Interlocked.Read(ref _counts[i]);
        }

        return counts;
    }

    /// <summary>Ends the stream, after what is still to be told and logged.</summary>
    public void End(Exception? error)
    {
        _later.Drain();
        try
        {
            _log.Flush(_scheduler.SafeNow());
        }
        catch (Exception exception)
        {
            Report(FaultReason.SubscriberFailed, exception: exception, detail: "logger");
        }

        _hub.Terminate(error);
    }

    /// <summary>The counts that are not zero, by reason.</summary>
    public static ImmutableSortedDictionary<FaultReason, long> ToDictionary(long[] counts)
    {
        var builder = ImmutableSortedDictionary.CreateBuilder<FaultReason, long>();
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] != 0)
            {
                builder.Add((FaultReason)i, counts[i]);
            }
        }

        return builder.ToImmutable();
    }

    internal static ILogger CreateLogger(ILoggerFactory? factory) =>
        (factory ?? NullLoggerFactory.Instance).CreateLogger("ReactiveLink.UdpLink");
}
