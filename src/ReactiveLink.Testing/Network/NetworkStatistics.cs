using System.Collections.Immutable;

namespace ReactiveLink.Testing;

/// <summary>A consistent snapshot of a network's counters.</summary>
/// <param name="Sent">Datagrams that transports sent.</param>
/// <param name="Copies">What became of them: one for each receiving host, transport or duplicate.</param>
/// <param name="InFlight">Copies on their way now.</param>
/// <param name="Events">How often each kind of event happened; only kinds that did.</param>
/// <param name="MissedEvents">Events that no observer of the log got, because too many waited for a busy one.</param>
public sealed record NetworkStatistics(
    long Sent, long Copies, int InFlight, ImmutableSortedDictionary<NetworkEventKind, long> Events, long MissedEvents)
{
    internal static readonly ImmutableArray<NetworkEventKind> Ends =
    [
        NetworkEventKind.Lost, NetworkEventKind.TailDropped, NetworkEventKind.PathDown, NetworkEventKind.HostDown, NetworkEventKind.Unreachable,
        NetworkEventKind.NoRoute, NetworkEventKind.NoMapping, NetworkEventKind.BufferFull, NetworkEventKind.InFlightFull,
    ];

    /// <summary>Copies put into receive buffers.</summary>
    public long Delivered => CountOf(NetworkEventKind.Delivered);

    /// <summary>Copies that came to another end.</summary>
    public long Dropped => Ends.Sum(CountOf);

    /// <summary>Copies less delivered less dropped less in flight: zero at every snapshot, or there is a defect.</summary>
    public long Unexplained => Copies - Delivered - Dropped - InFlight;

    /// <summary>How often something happened.</summary>
    /// <param name="kind">What.</param>
    /// <returns>0 if never.</returns>
    public long CountOf(NetworkEventKind kind) => Events.GetValueOrDefault(kind);
}
