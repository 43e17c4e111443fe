namespace Dashboard.Feed;

/// <summary>A peer as the page shows it.</summary>
/// <param name="Peer">Its endpoint.</param>
/// <param name="Source">Its name for itself, or empty where it is not known.</param>
/// <param name="State">A <see cref="ReactiveLink.PeerState"/>.</param>
/// <param name="PerSecond">Items a second.</param>
/// <param name="Received">Items received.</param>
/// <param name="Lost">Numbers missing and not come since.</param>
/// <param name="Loss">The part lost in the last 5 s, 0 to 1.</param>
/// <param name="Duplicates">Items that came again.</param>
/// <param name="Late">Items behind the expectation.</param>
/// <param name="Restarts">How often the sender began anew.</param>
/// <param name="Jitter">RFC 3550 jitter in milliseconds.</param>
/// <param name="RoundTrip">The shortest of its last round trips in milliseconds; null without heartbeats.</param>
/// <param name="ClockOffset">How far its clock is ahead, in milliseconds; null without heartbeats.</param>
/// <param name="Quiet">Seconds since something was heard.</param>
internal sealed record PeerRow(
    string Peer,
    string Source,
    string State,
    double PerSecond,
    long Received,
    long Lost,
    double Loss,
    long Duplicates,
    long Late,
    long Restarts,
    double Jitter,
    double? RoundTrip,
    double? ClockOffset,
    double Quiet);
