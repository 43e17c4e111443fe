using ReactiveLink;

namespace ControlLoop;

/// <summary>What has become of what one link was given.</summary>
/// <param name="Sent">All of it.</param>
/// <param name="OnItsWay">Neither received nor lost so far.</param>
/// <param name="Awaited">Sent after the newest that was received.</param>
internal readonly record struct Transit(long Sent, long OnItsWay, long Awaited)
{
    /// <summary>Whether most of what is awaited is not lost, but on its way.</summary>
    public bool IsSlow => OnItsWay * 2 > Math.Max(0, Awaited);

    /// <summary>The state now.</summary>
    /// <param name="sent">So far, numbered from 0.</param>
    /// <param name="received">What sequencing says at the other end; null before the first.</param>
    /// <param name="lost">So far, by the network; what sequencing misses beyond it, a socket has lost.</param>
    public static Transit Of(long sent, PeerSequence? received, long lost)
    {
        var seen = received?.GetStatistics() ?? default;
        var next = received is null ? 0 : (long)received.HighestSequence + 1;
        return new Transit(sent, Math.Max(0, sent - seen.Received - Math.Max(lost, seen.Lost)), sent - next);
    }
}
