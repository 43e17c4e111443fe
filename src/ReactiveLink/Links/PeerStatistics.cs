namespace ReactiveLink;

/// <summary>A snapshot of what a link knows of one peer.</summary>
public sealed record PeerStatistics
{
    /// <summary>The remote endpoint.</summary>
    public required UdpEndpoint Endpoint { get; init; }

    /// <summary>What it calls itself: the source in its first message, and in each of its heartbeats that the link looked at; null while no message was decoded, or where it gave none. At most its first 256 characters.</summary>
    public required string? Source { get; init; }

    /// <summary>Whether it lives.</summary>
    public required PeerState State { get; init; }

    /// <summary>When it was last heard, by the scheduler's clock as it shows now: a step of the clock does not come between.</summary>
    public required DateTimeOffset LastHeard { get; init; }

    /// <summary>How long it has not been heard.</summary>
    public required TimeSpan SilentFor { get; init; }

    /// <summary>Good frames from it, since it joined.</summary>
    public required long Received { get; init; }

    /// <summary>What sequencing has seen of it; where the frame format has no sequence, all are in order.</summary>
    public required SequenceStatistics Sequence { get; init; }

    /// <summary>Interarrival jitter (RFC 3550), or zero where no timestamps are known.</summary>
    public required TimeSpan Jitter { get; init; }

    /// <summary>
    /// The shortest of the last 8 round trips that heartbeats measured, without the time that the peer held the heartbeat; null while it answered none. Never negative: the link's
    /// side is measured on a clock that only runs forward.
    /// </summary>
    public TimeSpan? RoundTripTime { get; init; }

    /// <summary>The last round trip measured.</summary>
    public TimeSpan? LastRoundTripTime { get; init; }

    /// <summary>
    /// How far the peer's clock is ahead of the scheduler's, from the heartbeat with the shortest of the last 8 round trips (RFC 5905 section 10): off by at most half of that
    /// round trip. A clock that is set, here or there, shows with the next measurement.
    /// </summary>
    public TimeSpan? ClockOffset { get; init; }

    /// <summary>
    /// How fast the way from the peer becomes longer, in seconds per second: the slope of a least-squares line through what the last 8 heartbeats from it, answers and
    /// others, took by both clocks. Above zero queues fill on the way, below they drain; clocks that run at different speeds add some 0.00005. Null before the third.
    /// </summary>
    public double? DelayTrend { get; init; }
}
