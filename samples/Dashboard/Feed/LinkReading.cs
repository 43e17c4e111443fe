using System.Collections.Immutable;
using ReactiveLink;

namespace Dashboard.Feed;

/// <summary>A snapshot of the link, and what became of it lately.</summary>
/// <param name="Now">The snapshot.</param>
/// <param name="Point">What the charts show of it.</param>
/// <param name="Recent">The last two seconds, oldest first: rate and loss of a single tick, which may come late, would be all noise.</param>
internal sealed record LinkReading(LinkStatistics Now, LinkPoint Point, ImmutableArray<PastReading> Recent)
{
    private const int LossTicks = 8;
    private const int RateTicks = 4;

    /// <summary>The first snapshot: nothing can be said of a rate yet.</summary>
    public static LinkReading First(LinkStatistics now) => new(
        now,
        new LinkPoint(now.At.ToUnixTimeMilliseconds(), now.State.ToString(), 0, 0, 0, ImmutableSortedDictionary<string, long>.Empty),
        [PastReading.Of(now, TimeSpan.Zero)]);

    /// <summary>The next snapshot, a time later by a clock that only runs forward.</summary>
    public LinkReading Next(LinkStatistics now, TimeSpan interval)
    {
        var reading = PastReading.Of(now, Recent[^1].Elapsed + interval);
        var (oldest, second) = (Recent[0], Recent[^Math.Min(RateTicks, Recent.Length)]);
        var seconds = Math.Max((reading.Elapsed - second.Elapsed).TotalSeconds, 0.001);
        var faults = now.Faults
            .Select(fault => KeyValuePair.Create(fault.Key.ToName(), fault.Value - Now.CountOf(fault.Key)))
            .Where(fault => fault.Value > 0)
            .ToImmutableSortedDictionary(StringComparer.Ordinal);
        var point = new LinkPoint(
            now.At.ToUnixTimeMilliseconds(),
            now.State.ToString(),
            Math.Round((reading.Received - second.Received) / seconds, 1),
            Math.Round((reading.Bytes - second.Bytes) / seconds),
            Math.Round(reading.Sequence.LossSince(oldest.Sequence).Fraction, 5),
            faults);
        var recent = Recent.Length == LossTicks ? Recent.RemoveAt(0) : Recent;
        return new LinkReading(now, point, recent.Add(reading));
    }
}
