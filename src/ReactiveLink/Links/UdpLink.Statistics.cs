using ReactiveLink.Diagnostics;
using ReactiveLink.Links;

namespace ReactiveLink;

public sealed partial class UdpLink
{
    /// <summary>A consistent snapshot of the counters since the link was opened or last reset. Any thread, at any time.</summary>
    /// <returns>An immutable snapshot.</returns>
    public LinkStatistics GetStatistics()
    {
        while (true)
        {
            // A reset between the two reads would make a difference of later minus earlier negative: look again.
            var from = Volatile.Read(ref _baseline);
            var now = ReadRaw();
            if (ReferenceEquals(from, Volatile.Read(ref _baseline)))
            {
                return Since(from, now);
            }
        }
    }

    /// <summary>Sets the counters to zero, atomically with respect to snapshots: every event is in exactly one of the snapshots around it.</summary>
    /// <returns>The last snapshot before the reset.</returns>
    public LinkStatistics ResetStatistics()
    {
        while (true)
        {
            var from = Volatile.Read(ref _baseline);
            var now = ReadRaw();
            if (ReferenceEquals(Interlocked.CompareExchange(ref _baseline, now, from), from))
            {
                return Since(from, now);
            }
        }
    }

    private LinkMeter? CreateMeter()
    {
        try
        {
            return new LinkMeter(LocalEndpoint, () => Since(Baseline.Zero, ReadRaw()), () => _receiver.Peers.GetPeers().Take(_options.MeterPeers), CountPeers);
        }
        catch (Exception exception)
        {
            // A listener to the meters that throws costs its figures, not the link.
            _faults.Report(FaultReason.SubscriberFailed, exception: exception, detail: "meter");
            return null;
        }
    }

    /// <summary>All counters since the link was opened. Calls nothing of the user's.</summary>
    private Baseline ReadRaw()
    {
        var receive = _receiver.Counters.Read();
        var transport = _transport.GetStatistics();
        var dropped = receive.Dropped;
        var droppedBelow = 0L;
        foreach (var (reason, count) in transport.Ledger.Dropped)
        {
            dropped[(int)reason] += count;
            droppedBelow += count;
        }

        return new Baseline(
            receive.Received + droppedBelow,
            receive.Delivered,
            receive.Messages,
            receive.Bytes,
            dropped,
            _sender.DatagramsSent,
            _sender.BytesSent,
            _inbox.Timeouts,
            _router.Unhandled,
            _receiver.Peers.Totals,
            _receiver.Peers.Forgotten,
            _faults.Missed + transport.MissedNotifications,
            _faults.ReadCounts(),
            _heartbeats?.GetStatistics() ?? default,
            _receiver.Requests.GetStatistics(),
            receive.Received > _sender.ReceivedBeforeLastSent ? receive.LastReceivedUtcTicks : _sender.LastSentUtcTicks);
    }

    private LinkStatistics Since(Baseline from, Baseline now) => new()
    {
        At = _scheduler.SafeNow(),
        State = CurrentState,
        Ledger = new DatagramLedger(now.Received - from.Received, now.Delivered - from.Delivered, FaultCenter.ToDictionary(Less(now.Dropped, from.Dropped))),
        BytesReceived = now.Bytes - from.Bytes,
        MessagesReceived = now.Messages - from.Messages,
        MessagesSent = now.Sent - from.Sent,
        BytesSent = now.BytesSent - from.BytesSent,
        ReceiveTimeouts = now.Timeouts - from.Timeouts,
        LastActivity = now.LastActivityUtcTicks == 0 ? null : new DateTimeOffset(now.LastActivityUtcTicks, TimeSpan.Zero),
        NextSequence = _sender.NextSequence,
        Sequence = Less(now.Sequence, from.Sequence),
        Peers = _receiver.Peers.Count,
        PeersForgotten = now.PeersForgotten - from.PeersForgotten,
        Faults = FaultCenter.ToDictionary(Less(now.Faults, from.Faults)),
        Routes = _router.GetStatistics(),
        Unrouted = now.Unrouted - from.Unrouted,
        MissedNotifications = now.Missed - from.Missed,
        Heartbeats = now.Heartbeats.Since(from.Heartbeats),
        Requests = now.Requests.Since(from.Requests),
        SendQueued = _sender.Queue.Queued,
    };

    private static long[] Less(long[] now, long[] from)
    {
        var difference = new long[now.Length];
        for (var i = 0; i < now.Length; i++)
        {
            difference[i] = now[i] - from[i];
        }

        return difference;
    }

    private static SequenceStatistics Less(SequenceStatistics now, SequenceStatistics from) => new(
        now.InOrder - from.InOrder,
        now.Gaps - from.Gaps,
        now.Lost - from.Lost,
        now.Duplicates - from.Duplicates,
        now.Late - from.Late,
        now.Restarts - from.Restarts);

    private sealed record Baseline(
        long Received,
        long Delivered,
        long Messages,
        long Bytes,
        long[] Dropped,
        long Sent,
        long BytesSent,
        long Timeouts,
        long Unrouted,
        SequenceStatistics Sequence,
        long PeersForgotten,
        long Missed,
        long[] Faults,
        HeartbeatStatistics Heartbeats,
        RequestStatistics Requests,
        long LastActivityUtcTicks)
    {
        public static Baseline Zero { get; } = new(
            0, 0, 0, 0, new long[FaultReasons.All.Length], 0, 0, 0, 0, default, 0, 0, new long[FaultReasons.All.Length], default, default, 0);
    }
}
