using System.Diagnostics.Metrics;
using System.Globalization;

namespace ReactiveLink.Metrics.Interop;

/// <summary>The metrics of one name and type, and their instruments. One thread at a time changes it; any thread reads.</summary>
internal sealed class MetricFamily : IDisposable
{
    private const string Quantile = "quantile";

    private readonly MetricRegistry _registry;
    private readonly Meter _meter;
    private volatile Metric[] _metrics;

    public MetricFamily(MetricRegistry registry, MeterOptions options, Metric first)
    {
        _registry = registry;
        _metrics = [first];
        _meter = new Meter(options);
        var (name, unit, description) = (first.Name, first.Unit, first.Description);
        switch (first.Type)
        {
            case MetricType.Counter:
                Create(() => _meter.CreateObservableCounter(name, () => Read(metric => metric.Value), unit, description));
                break;
            case MetricType.Gauge:
                Create(() => _meter.CreateObservableGauge(name, () => Read(metric => metric.Value), unit, description));
                break;
            case MetricType.Rate:
                Create(() => _meter.CreateObservableGauge(name, () => Read(metric => metric.Value), (unit ?? "1") + "/s", description));
                break;
            default:
                Create(() => _meter.CreateObservableCounter(name + ".count", () => Read(metric => metric.Recorder.ReadTotals().Count), "{value}", description));
                Create(() => _meter.CreateObservableUpDownCounter(name + ".sum", () => Read(metric => metric.Recorder.ReadTotals().Sum), unit, description));
                Create(() => _meter.CreateObservableGauge(name + ".quantile", ReadQuantiles, unit, description));
                break;
        }
    }

    public IReadOnlyList<Metric> Metrics => _metrics;

    public void Add(Metric metric)
    {
        if (!_metrics.Contains(metric))
        {
            _metrics = [.. _metrics, metric];
        }
    }

    /// <summary>Removes a metric.</summary>
    /// <returns>How many are left.</returns>
    public int Remove(Metric metric) => (_metrics = [.. _metrics.Where(other => other != metric)]).Length;

    public void Dispose() => Guard(_meter.Dispose);

    private static IEnumerable<KeyValuePair<string, object?>> Tags(Metric metric) =>
        metric.Tags.Select(tag => new KeyValuePair<string, object?>(tag.Key, tag.Value));

    private void Create(Func<Instrument> create) => Guard(() => create());

    /// <summary>Listeners are told within, and may throw.</summary>
    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception)
        {
            _registry.SubscriberFailed(exception);
        }
    }

    private IEnumerable<Measurement<double>> Read(Func<Metric, double> value) =>
        from metric in _metrics
        let now = value(metric)
        where double.IsFinite(now)
        select new Measurement<double>(now, Tags(metric));

    private IEnumerable<Measurement<double>> ReadQuantiles()
    {
        foreach (var metric in _metrics)
        {
            var summary = metric.GetSummary();
            if (summary.Count > 0)
            {
                var tags = TagsBesideQuantile(metric);
                yield return new(summary.P50, [.. tags, new(Quantile, "0.5")]);
                yield return new(summary.P90, [.. tags, new(Quantile, "0.9")]);
                yield return new(summary.P95, [.. tags, new(Quantile, "0.95")]);
                yield return new(summary.P99, [.. tags, new(Quantile, "0.99")]);
            }
        }
    }

    /// <summary>A measurement must not have a tag twice: the metric's own of that name has a number behind it.</summary>
    private static KeyValuePair<string, object?>[] TagsBesideQuantile(Metric metric)
    {
        var name = Quantile;
        for (var i = 2; metric.Tags.TryGetValue(name, out _); i++)
        {
            name = Quantile + "_" + i.ToString(CultureInfo.InvariantCulture);
        }

        return [.. Tags(metric).Select(tag => tag.Key == Quantile ? new(name, tag.Value) : tag)];
    }
}
