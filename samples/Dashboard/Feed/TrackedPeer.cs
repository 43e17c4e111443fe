using ReactiveLink;

namespace Dashboard.Feed;

/// <summary>A peer with its figures.</summary>
internal sealed record TrackedPeer(UdpEndpoint Peer, PeerRow Row);
