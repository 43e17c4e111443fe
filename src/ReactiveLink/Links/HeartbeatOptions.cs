namespace ReactiveLink;

/// <summary>
/// How a link tells its peers that it lives, and measures round trips and clocks. Immutable; checked with the link's options.
/// <list type="table">
/// <listheader><term>who, when</term><description>what the link sends</description></listheader>
/// <item><term>a link with a remote endpoint that sent nothing else for <see cref="Interval"/></term><description>a heartbeat to it</description></item>
/// <item><term>one that sends other messages</term><description>a heartbeat every <see cref="MeasureInterval"/></description></item>
/// <item><term>a link that listens, every <see cref="Interval"/></term><description>a heartbeat to each peer that is <see cref="PeerState.Alive"/>, up to <see cref="MaximumPeers"/></description></item>
/// <item><term>a heartbeat of another ReactiveLink comes</term><description>an answer, up to <see cref="MaximumAnswers"/> a second</description></item>
/// <item><term>a heartbeat of a peer that knows no answers</term><description>nothing; it is a message as any other</description></item>
/// </list>
/// </summary>
/// <remarks>
/// A heartbeat is a message of type <c>heartbeat</c> whose data is <c>{"request":number}</c>; its answer's is <c>{"reply":number,"held":seconds}</c>. Both are the links' own:
/// they are in <see cref="UdpLink.Datagrams"/> and <see cref="UdpLink.Frames"/>, and not among the messages. Every message is decoded while heartbeats are on. All that a
/// link sends is numbered with one sequence: peers of a listening link count what it sends to the others as lost.
/// </remarks>
public sealed record HeartbeatOptions
{
    /// <summary>How long a link is silent before it sends a heartbeat. Default: 1 s; 20 ms to 1 day.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A peer not heard for this many intervals is <see cref="PeerState.Silent"/>. Default: 3; 1 to 1000.</summary>
    public int Misses { get; init; } = 3;

    /// <summary>How often a link that is not silent sends one all the same, to measure. Default: 5 s; 20 ms to 1 day.</summary>
    public TimeSpan MeasureInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many peers a listening link sends to. Default: 256; 0 to 65,536. The others are counted in <see cref="HeartbeatStatistics.Skipped"/>.</summary>
    public int MaximumPeers { get; init; } = 256;

    /// <summary>How many heartbeats a link answers in a second. Default: 1000; 0 to 1,000,000. The others are counted in <see cref="HeartbeatStatistics.Unanswered"/>.</summary>
    public int MaximumAnswers { get; init; } = 1000;

    internal TimeSpan SilentAfter => Interval * Misses;

    internal void Validate(string parameterName)
    {
        const string Range = " must be from 20 ms to 1 day.";
        var errors = "";
        Require(Interval >= LinkOptions.ShortestSilence && Interval <= LinkOptions.LongestSilence, "Interval" + Range, ref errors);
        Require(Misses is >= 1 and <= 1000, "Misses must be from 1 to 1000.", ref errors);
        Require(MeasureInterval >= LinkOptions.ShortestSilence && MeasureInterval <= LinkOptions.LongestSilence, "MeasureInterval" + Range, ref errors);
        Require(MaximumPeers is >= 0 and <= 65_536, "MaximumPeers must be from 0 to 65536.", ref errors);
        Require(MaximumAnswers is >= 0 and <= 1_000_000, "MaximumAnswers must be from 0 to 1000000.", ref errors);
        if (errors.Length != 0)
        {
            throw new ArgumentException("The heartbeat options are not valid." + errors, parameterName);
        }
    }

    private static void Require(bool holds, string error, ref string errors) => errors += holds ? "" : " " + error;
}
