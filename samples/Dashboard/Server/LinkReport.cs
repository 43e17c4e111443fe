using System.Collections.Immutable;
using Dashboard.Feed;

namespace Dashboard.Server;

/// <summary>What <c>/api/link</c> tells: a snapshot of the link and of the server itself.</summary>
internal sealed record LinkReport(
    DateTimeOffset At,
    string State,
    string Endpoint,
    string Frame,
    string Codec,
    LinkTotals Totals,
    ImmutableSortedDictionary<string, long> Dropped,
    long Unexplained,
    ImmutableArray<PeerRow> Peers,
    int ActiveAlerts,
    ServerReport Server);

/// <summary>The server's own counters.</summary>
/// <param name="Browsers">Browsers connected now.</param>
/// <param name="Refused">Browsers refused because there were enough.</param>
/// <param name="TooSlow">Browsers disconnected because they took nothing.</param>
/// <param name="DroppedEvents">Events that gave way to later ones before a browser took them.</param>
internal sealed record ServerReport(int Browsers, long Refused, long TooSlow, long DroppedEvents);
