namespace ReactiveLink.Metrics;

/// <summary>What a metric means, and with it how its value is read.</summary>
public enum MetricType
{
    /// <summary>Only grows: see <see cref="Metrics.Counter"/>.</summary>
    Counter,

    /// <summary>Goes up and down: see <see cref="Metrics.Gauge"/>.</summary>
    Gauge,

    /// <summary>A distribution of values: see <see cref="Metrics.Histogram"/>.</summary>
    Histogram,

    /// <summary>A distribution of durations in seconds: see <see cref="Metrics.Timer"/>.</summary>
    Timer,

    /// <summary>Something per second: see <see cref="Metrics.Rate"/>.</summary>
    Rate,
}
