namespace ReactiveLink;

/// <summary>
/// What became of a link's requests: <c>Made = Answered + Failed + TimedOut + Cancelled + Pending</c>, exactly, in a snapshot since the link was opened.
/// </summary>
/// <param name="Made">Requests for which there was room.</param>
/// <param name="Answered">Those that were answered.</param>
/// <param name="Failed">Those answered by an error, not sent, or pending when the link closed.</param>
/// <param name="TimedOut">Those not answered in time.</param>
/// <param name="Cancelled">Those that the caller gave up.</param>
/// <param name="Pending">Those that wait for an answer now. Not changed by a reset.</param>
/// <param name="Refused">Requests beyond <see cref="LinkOptions.MaximumRequests"/>; not among those made.</param>
/// <param name="Unexpected">Answers that came too late, twice or from another peer. Nobody gets them.</param>
public readonly record struct RequestStatistics(long Made, long Answered, long Failed, long TimedOut, long Cancelled, int Pending, long Refused, long Unexpected)
{
    internal RequestStatistics Since(RequestStatistics from) => new(
        Made - from.Made,
        Answered - from.Answered,
        Failed - from.Failed,
        TimedOut - from.TimedOut,
        Cancelled - from.Cancelled,
        Pending,
        Refused - from.Refused,
        Unexpected - from.Unexpected);
}
