namespace ReactiveLink;

/// <summary>Whether a peer of a link lives. Any datagram from its endpoint is a sign of life.</summary>
public enum PeerState
{
    /// <summary>Not known: not yet, or no more.</summary>
    Gone,

    /// <summary>Heard once, so far: it may be a stray or forged datagram.</summary>
    Joined,

    /// <summary>Heard more than once, the last time not long ago.</summary>
    Alive,

    /// <summary>Not heard for <see cref="LinkOptions.SilentAfter"/>, or with heartbeats for <see cref="HeartbeatOptions.Interval"/> times <see cref="HeartbeatOptions.Misses"/>.</summary>
    Silent,
}
