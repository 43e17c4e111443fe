namespace ReactiveLink;

/// <summary>A snapshot of a transport's counters since it was opened.</summary>
/// <param name="Ledger">The account of the datagrams received.</param>
/// <param name="BytesReceived">Payload bytes of the delivered datagrams.</param>
/// <param name="DatagramsSent">Datagrams given to the system.</param>
/// <param name="BytesSent">Payload bytes given to the system.</param>
/// <param name="SendErrors">Sends that the socket refused.</param>
/// <param name="SocketErrors">Passing errors on receiving.</param>
/// <param name="Rebinds">How often a lost socket was bound again.</param>
public sealed record TransportStatistics(
    DatagramLedger Ledger,
    long BytesReceived,
    long DatagramsSent,
    long BytesSent,
    long SendErrors,
    long SocketErrors,
    long Rebinds)
{
    /// <summary>Sends refused because they were larger than <see cref="IDatagramTransport.MaximumPayloadSize"/>; nothing of them was sent.</summary>
    public long OversizeSends { get; init; }

    /// <summary>Remote endpoints forgotten because too many were known or they were idle.</summary>
    public long EndpointsEvicted { get; init; }

    /// <summary>Faults and states that an observer missed because it was slow and its queue was full.</summary>
    public long MissedNotifications { get; init; }

    /// <summary>The send queue's counters.</summary>
    public SendQueueStatistics SendQueue { get; init; }
}
