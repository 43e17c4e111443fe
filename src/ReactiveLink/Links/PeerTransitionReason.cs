namespace ReactiveLink;

/// <summary>Why the state of a peer changed.</summary>
public enum PeerTransitionReason
{
    /// <summary>It was there when the subscription began.</summary>
    Present,

    /// <summary>It was heard: for the first time, for the second, or again after a silence.</summary>
    Heard,

    /// <summary>It was not heard for too long.</summary>
    Silence,

    /// <summary>It was idle for longer than <see cref="SequenceOptions.PeerIdleExpiry"/>.</summary>
    Expired,

    /// <summary>The table of peers was full and a new one took its place, because it was in probation (<see cref="SequenceOptions.Probation"/>).</summary>
    Displaced,
}
