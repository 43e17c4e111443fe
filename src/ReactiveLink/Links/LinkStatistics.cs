using System.Collections.Immutable;

namespace ReactiveLink;

/// <summary>An immutable snapshot of a link's counters since it was opened or last reset.</summary>
public sealed record LinkStatistics
{
    /// <summary>When the snapshot was taken, by the scheduler's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The state at that time.</summary>
    public required ConnectionState State { get; init; }

    /// <summary>The account of the datagrams received: balanced in every snapshot.</summary>
    public required DatagramLedger Ledger { get; init; }

    /// <summary>Payload bytes of the datagrams received, whether delivered or dropped by the link.</summary>
    public required long BytesReceived { get; init; }

    /// <summary>Messages decoded. Decoding runs only while something consumes messages.</summary>
    public required long MessagesReceived { get; init; }

    /// <summary>Datagrams given to the system.</summary>
    public required long MessagesSent { get; init; }

    /// <summary>Payload bytes given to the system.</summary>
    public required long BytesSent { get; init; }

    /// <summary>How often <see cref="UdpLink.ReceiveAsync"/> ended without a message.</summary>
    public required long ReceiveTimeouts { get; init; }

    /// <summary>When a datagram was last received or sent, by the scheduler's clock; null if never.</summary>
    public required DateTimeOffset? LastActivity { get; init; }

    /// <summary>The sequence number that the next datagram sent will carry. Not changed by a reset.</summary>
    public required uint NextSequence { get; init; }

    /// <summary>What sequencing has seen, summed over all peers. A number lost before a reset and come after it makes <see cref="SequenceStatistics.Lost"/> smaller, below zero if need be.</summary>
    public required SequenceStatistics Sequence { get; init; }

    /// <summary>Peers known now.</summary>
    public required int Peers { get; init; }

    /// <summary>Peers forgotten: idle for longer than <see cref="SequenceOptions.PeerIdleExpiry"/>, or in probation when the table was full and a new one came.</summary>
    public required long PeersForgotten { get; init; }

    /// <summary>Every fault by its reason (dropped datagrams, handlers, queues, sockets, subscribers); only reasons that occurred.</summary>
    public required ImmutableSortedDictionary<FaultReason, long> Faults { get; init; }

    /// <summary>The routes registered now. Not changed by a reset.</summary>
    public required ImmutableArray<RouteStatistics> Routes { get; init; }

    /// <summary>Messages that matched no route, while there were routes.</summary>
    public required long Unrouted { get; init; }

    /// <summary>
    /// Faults and states that an observer missed because it was slow and 1024 waited for it already. Those of the transport that the link itself missed so,
    /// behind an observer that blocked, are not in <see cref="Faults"/> either; the <see cref="Ledger"/> has every datagram all the same.
    /// </summary>
    public required long MissedNotifications { get; init; }

    /// <summary>What became of the heartbeats; all zero where <see cref="LinkOptions.Heartbeat"/> is off.</summary>
    public HeartbeatStatistics Heartbeats { get; init; }

    /// <summary>What became of the requests.</summary>
    public RequestStatistics Requests { get; init; }

    /// <summary>Messages waiting to be sent.</summary>
    public required int SendQueued { get; init; }

    /// <summary>How often a fault occurred.</summary>
    /// <param name="reason">The reason.</param>
    /// <returns>0 if never.</returns>
    public long CountOf(FaultReason reason) => Faults.GetValueOrDefault(reason);
}
