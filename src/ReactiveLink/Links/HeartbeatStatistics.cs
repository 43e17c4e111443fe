namespace ReactiveLink;

/// <summary>What became of a link's heartbeats.</summary>
/// <param name="Sent">Heartbeats given to the send queue.</param>
/// <param name="Measured">Answers that gave a round trip.</param>
/// <param name="Refused">Answers that came twice, too late, from another peer or with an impossible time, and the link's own heartbeats that came back.</param>
/// <param name="Answered">Heartbeats of others that the link answered.</param>
/// <param name="Unanswered">Heartbeats of others beyond <see cref="HeartbeatOptions.MaximumAnswers"/>, or whose answer could not be sent.</param>
/// <param name="Skipped">Heartbeats not sent: to peers beyond <see cref="HeartbeatOptions.MaximumPeers"/>, or refused by the send queue or the socket.</param>
public readonly record struct HeartbeatStatistics(long Sent, long Measured, long Refused, long Answered, long Unanswered, long Skipped)
{
    internal HeartbeatStatistics Since(HeartbeatStatistics from) => new(
        Sent - from.Sent,
        Measured - from.Measured,
        Refused - from.Refused,
        Answered - from.Answered,
        Unanswered - from.Unanswered,
        Skipped - from.Skipped);
}
