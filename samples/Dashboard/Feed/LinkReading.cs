using System.Collections.Immutable;
using ReactiveLink;

namespace Dashboard.Feed;

/// <summary>A snapshot of the link, and what became of it since the one before.</summary>
/// <param name="Now">The snapshot.</param>
/// <param name="Point">What the charts show of it.</param>
/// <param name="Recent">Sequence figures of the last two seconds, oldest first: loss over a single tick would be all noise.</param>
internal sealed record LinkReading(LinkStatistics Now, LinkPoint Point, ImmutableQueue<SequenceStatistics> Recent)
{
    private const int RecentTicks = 8;

    /// <summary>The first snapshot: nothing can be said of a rate yet.</summary>
    public static LinkReading First(LinkStatistics now) => new(
        now,
        new LinkPoint(now.At.ToUnixTimeMilliseconds(), now.State.ToString(), 0, 0, 0, ImmutableSortedDictionary<string, long>.Empty),
        [now.Sequence]);

    /// <summary>The next snapshot, a time later by a clock that only runs forward.</summary>
    public LinkReading Next(LinkStatistics now, TimeSpan interval)
    {
        var seconds = Math.Max(interval.TotalSeconds, 0.001);
        var faults = now.Faults
            .Select(fault => KeyValuePair.Create(fault.Key.ToName(), fault.Value - Now.CountOf(fault.Key)))
            .Where(fault => fault.Value > 0)
            .ToImmutableSortedDictionary(StringComparer.Ordinal);
        var point = new LinkPoint(
            now.At.ToUnixTimeMilliseconds(),
            now.State.ToString(),
            Math.Round((now.Ledger.Received - Now.Ledger.Received) / seconds, 1),
            Math.Round((now.BytesReceived - Now.BytesReceived) / seconds),
            Math.Round(now.Sequence.LossSince(Recent.Peek()).Fraction, 5),
            faults);
        var recent = Recent.Enqueue(now.Sequence);
        return new LinkReading(now, point, recent.Count() > RecentTicks ? recent.Dequeue() : recent);
    }
}
