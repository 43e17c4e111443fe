using System.Collections.Immutable;

namespace Dashboard.Feed;

/// <summary>What a tick has to tell. Only what changed is in it, the link's point always.</summary>
internal sealed record FeedUpdate(LinkUpdate Link, MessageUpdate? Messages, PeerUpdate? Peers, WindowUpdate? Windows, AlertUpdate? Alerts);

/// <summary>The link now.</summary>
internal sealed record LinkUpdate(LinkPoint Point, LinkTotals Totals);

/// <summary>The latest messages, oldest first.</summary>
/// <param name="Delivered">Datagrams delivered so far, the link's own heartbeats left out.</param>
/// <param name="Told">Messages told of so far, these included: what lies between the two was left out.</param>
/// <param name="Rows">These.</param>
internal sealed record MessageUpdate(long Delivered, long Told, ImmutableArray<MessageRow> Rows);

/// <summary>The peers.</summary>
/// <param name="Known">How many there are.</param>
/// <param name="Rows">Those with the highest rates.</param>
internal sealed record PeerUpdate(int Known, ImmutableArray<PeerRow> Rows);

/// <summary>The window summaries.</summary>
internal sealed record WindowUpdate(ImmutableArray<WindowRow> Rows);

/// <summary>The alerts.</summary>
/// <param name="Active">Those that fire, or have no data.</param>
/// <param name="Past">The last changes, the latest first.</param>
internal sealed record AlertUpdate(ImmutableArray<AlertRow> Active, ImmutableArray<AlertRow> Past);
