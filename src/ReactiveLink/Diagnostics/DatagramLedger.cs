using System.Collections.Immutable;

namespace ReactiveLink;

/// <summary>The account of all datagrams: every one that arrived was either delivered or dropped for one reason.</summary>
/// <param name="Received">Datagrams that arrived at the socket, including those that the operating system dropped there.</param>
/// <param name="Delivered">Datagrams handed on to the subscribers.</param>
/// <param name="Dropped">Datagrams dropped, by reason; only reasons that occurred.</param>
public sealed record DatagramLedger(long Received, long Delivered, ImmutableSortedDictionary<FaultReason, long> Dropped)
{
    /// <summary>An account of nothing.</summary>
    public static DatagramLedger Empty { get; } = new(0, 0, ImmutableSortedDictionary<FaultReason, long>.Empty);

    /// <summary>The sum of all dropped.</summary>
    public long TotalDropped => Dropped.Values.Sum();

    /// <summary>Received less delivered less dropped: zero at every snapshot, or there is a defect.</summary>
    public long Unexplained => Received - Delivered - TotalDropped;
}
