using System.Collections.Immutable;
using System.Globalization;

namespace ReactiveLink.Tool.Listening;

/// <summary>The summary for people.</summary>
internal static class SummaryText
{
    public static IEnumerable<string> Lines(ListenSummary summary)
    {
        yield return Format(
            $"{summary.Datagrams:N0} datagrams ({summary.Bytes:N0} bytes) from {summary.Peers:N0} peers: {summary.Delivered:N0} delivered, {summary.Datagrams - summary.Delivered:N0} dropped");
        yield return "sequence: " + Sequence(summary.Sequence);
        yield return "faults: " + Faults(summary.Faults);
    }

    public static string Sequence(SequenceStatistics sequence) => Format(
        $"{sequence.InOrder:N0} in order, {sequence.Gaps:N0} gaps, {sequence.Lost:N0} lost, {sequence.Duplicates:N0} duplicates, {sequence.Late:N0} late, {sequence.Restarts:N0} restarts");

    public static string Faults(ImmutableSortedDictionary<FaultReason, long> faults) =>
        faults.IsEmpty ? "none" : string.Join(", ", faults.Select(fault => Format($"{fault.Key.ToName()} {fault.Value:N0}")));

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Rate(double perSecond) => perSecond.ToString(perSecond is > 0 and < 10 ? "N1" : "N0", CultureInfo.InvariantCulture);

    /// <summary>The share of what was sent that did not arrive.</summary>
    public static string Loss(SequenceStatistics sequence) =>
        (sequence.Expected == 0 ? 0 : (double)sequence.Lost / sequence.Expected).ToString("P1", CultureInfo.InvariantCulture);

    public static string Jitter(TimeSpan jitter) => jitter.TotalSeconds switch
    {
        < 1 => jitter.TotalMilliseconds.ToString("0.00 ms", CultureInfo.InvariantCulture),
        < 1000 => jitter.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture),
        _ => "> 1000 s",
    };

    public static string Peers(IReadOnlyCollection<PeerStatistics> peers) =>
        Format($"{peers.Count:N0} peers, {peers.Count(peer => peer.State != PeerState.Silent):N0} live");

    public static string Time(TimeSpan time) => Format($"{Math.Floor(time.TotalHours):00}:{time:mm\\:ss}");

    public static string Age(TimeSpan time) => time.TotalSeconds switch
    {
        < 100 => Format($"{time.TotalSeconds:F0} s"),
        < 6000 => Format($"{time.TotalMinutes:F0} min"),
        _ => Format($"{time.TotalHours:N0} h"),
    };

    public static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
