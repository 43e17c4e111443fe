using System.Collections.Immutable;

namespace Dashboard.Feed;

/// <summary>All that is known now: what a page gets when it opens.</summary>
internal sealed record FeedSnapshot(
    ImmutableArray<LinkPoint> Points, LinkUpdate? Link, MessageUpdate Messages, PeerUpdate Peers, WindowUpdate Windows, AlertUpdate Alerts)
{
    public static FeedSnapshot Empty { get; } = new([], null, new MessageUpdate(0, 0, []), new PeerUpdate(0, []), new WindowUpdate([]), new AlertUpdate([], []));
}
