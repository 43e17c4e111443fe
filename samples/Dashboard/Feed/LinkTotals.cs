using System.Collections.Immutable;
using ReactiveLink;

namespace Dashboard.Feed;

/// <summary>The link's counters since it was opened.</summary>
internal sealed record LinkTotals(
    long Received,
    long Delivered,
    long Dropped,
    long Bytes,
    long Lost,
    long Duplicates,
    long Late,
    long Restarts,
    int Peers,
    ImmutableSortedDictionary<string, long> Faults)
{
    public static LinkTotals Of(LinkStatistics now) => new(
        now.Ledger.Received,
        now.Ledger.Delivered,
        now.Ledger.TotalDropped,
        now.BytesReceived,
        now.Sequence.Lost,
        now.Sequence.Duplicates,
        now.Sequence.Late,
        now.Sequence.Restarts,
        now.Peers,
        ByName(now.Faults));

    /// <summary>Counts under the names of their reasons.</summary>
    public static ImmutableSortedDictionary<string, long> ByName(ImmutableSortedDictionary<FaultReason, long> counts) =>
        counts.ToImmutableSortedDictionary(count => count.Key.ToName(), count => count.Value, StringComparer.Ordinal);
}
