using System.Collections.Immutable;

namespace Dashboard.Feed;

/// <summary>One moment of the charts.</summary>
/// <param name="At">When: milliseconds since 1970, by the link's clock.</param>
/// <param name="State">The link's state.</param>
/// <param name="PerSecond">Datagrams received a second, over the last second.</param>
/// <param name="BytesPerSecond">Bytes received a second, over the last second.</param>
/// <param name="Loss">The part lost of what was expected in the last two seconds, 0 to 1.</param>
/// <param name="Faults">Faults since the point before, by reason; only those that occurred.</param>
/// <param name="Jitter">The mean of the peers' jitter in milliseconds.</param>
/// <param name="WorstJitter">The largest of the peers' jitter in milliseconds.</param>
internal sealed record LinkPoint(
    long At,
    string State,
    double PerSecond,
    double BytesPerSecond,
    double Loss,
    ImmutableSortedDictionary<string, long> Faults,
    double Jitter = 0,
    double WorstJitter = 0);
