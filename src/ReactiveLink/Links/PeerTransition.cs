namespace ReactiveLink;

/// <summary>A change of the state of a peer.</summary>
/// <param name="Peer">The remote endpoint.</param>
/// <param name="From">The state that it had for this subscriber: <see cref="PeerState.Gone"/> where it was not known.</param>
/// <param name="To">The state that it has now.</param>
/// <param name="At">When the change was noticed, by the scheduler's clock.</param>
/// <param name="Reason">Why.</param>
public readonly record struct PeerTransition(UdpEndpoint Peer, PeerState From, PeerState To, DateTimeOffset At, PeerTransitionReason Reason);
