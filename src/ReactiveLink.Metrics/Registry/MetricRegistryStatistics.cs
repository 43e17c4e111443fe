namespace ReactiveLink.Metrics;

/// <summary>What a registry holds and has refused.</summary>
/// <param name="Metrics">Metrics registered.</param>
/// <param name="Values">Values held, over all metrics.</param>
/// <param name="Recorded">Values taken by the metrics registered now, since they were registered or reset.</param>
/// <param name="Evicted">Values let go because a metric had too many.</param>
/// <param name="Expired">Values let go because of their age.</param>
/// <param name="RefusedValues">Values refused because they were not finite, or negative where that has no meaning.</param>
/// <param name="RefusedUnknown">Values refused because no metric has their name.</param>
/// <param name="RefusedDuplicates">Registrations refused because the name and tags are taken.</param>
/// <param name="RefusedExcess">Registrations refused because the registry was full.</param>
/// <param name="SubscriberFailures">Subscribers that threw and lost their subscription, and schedulers that threw.</param>
/// <param name="MissedNotifications">Samples, summaries, alerts and errors that slow subscribers missed, of unregistered metrics too.</param>
public sealed record MetricRegistryStatistics(
    int Metrics,
    long Values,
    long Recorded,
    long Evicted,
    long Expired,
    long RefusedValues,
    long RefusedUnknown,
    long RefusedDuplicates,
    long RefusedExcess,
    long SubscriberFailures,
    long MissedNotifications);
