using System.Diagnostics.Metrics;

namespace ReactiveLink.Metrics;

/// <summary>A registry's metrics as instruments, for OpenTelemetry, dotnet-counters and whoever listens.</summary>
public static class RegistryMeter
{
    /// <summary>
    /// Publishes the metrics registered now as observable instruments: a counter as a counter, a gauge and a rate as a gauge, a histogram or timer as
    /// <c>name.count</c>, <c>name.sum</c> and the gauge <c>name.quantile</c> with the tag <c>quantile</c> (0.5, 0.9, 0.95, 0.99, over the retention). They are read when they are collected,
    /// and show nothing once their metric is unregistered. A value that there is not yet (NaN) is not shown.
    /// </summary>
    /// <param name="registry">The registry.</param>
    /// <param name="meter">The meter, which stays the caller's: dispose it to take the instruments back.</param>
    public static void PublishTo(this MetricRegistry registry, Meter meter)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(meter);
        foreach (var family in registry.Metrics.GroupBy(metric => (metric.Name, metric.Type)))
        {
            var (name, type) = family.Key;
            var first = family.First();
            switch (type)
            {
                case MetricType.Counter:
                    meter.CreateObservableCounter(name, () => Read(registry, name, type, metric => metric.Value), first.Unit, first.Description);
                    break;
                case MetricType.Gauge:
                    meter.CreateObservableGauge(name, () => Read(registry, name, type, metric => metric.Value), first.Unit, first.Description);
                    break;
                case MetricType.Rate:
                    meter.CreateObservableGauge(name, () => Read(registry, name, type, metric => metric.Value), (first.Unit ?? "1") + "/s", first.Description);
                    break;
                default:
                    meter.CreateObservableCounter(name + ".count", () => Read(registry, name, type, metric => metric.Recorder.ReadTotals().Count), "{value}", first.Description);
                    meter.CreateObservableUpDownCounter(name + ".sum", () => Read(registry, name, type, metric => metric.Recorder.ReadTotals().Sum), first.Unit, first.Description);
                    meter.CreateObservableGauge(name + ".quantile", () => ReadQuantiles(registry, name, type), first.Unit, first.Description);
                    break;
            }
        }
    }

    private static IEnumerable<Measurement<double>> Read(MetricRegistry registry, string name, MetricType type, Func<Metric, double> value) =>
        from metric in Find(registry, name, type)
        let now = value(metric)
        where double.IsFinite(now)
        select new Measurement<double>(now, Tags(metric));

    private static IEnumerable<Measurement<double>> ReadQuantiles(MetricRegistry registry, string name, MetricType type)
    {
        foreach (var metric in Find(registry, name, type))
        {
            var summary = metric.GetSummary();
            if (summary.Count > 0)
            {
                yield return new(summary.P50, [.. Tags(metric), new("quantile", "0.5")]);
                yield return new(summary.P90, [.. Tags(metric), new("quantile", "0.9")]);
                yield return new(summary.P95, [.. Tags(metric), new("quantile", "0.95")]);
                yield return new(summary.P99, [.. Tags(metric), new("quantile", "0.99")]);
            }
        }
    }

    private static IEnumerable<Metric> Find(MetricRegistry registry, string name, MetricType type) =>
        registry.Metrics.Where(metric => metric.Type == type && string.Equals(metric.Name, name, StringComparison.Ordinal));

    private static IEnumerable<KeyValuePair<string, object?>> Tags(Metric metric) =>
        metric.Tags.Select(tag => new KeyValuePair<string, object?>(tag.Key, tag.Value));
}
