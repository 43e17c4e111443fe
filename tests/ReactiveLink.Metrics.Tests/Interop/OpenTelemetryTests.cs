using System.Diagnostics.Metrics;
using System.Globalization;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace ReactiveLink.Metrics.Tests.Interop;

/// <summary>What the OpenTelemetry SDK reads of a registry.</summary>
public sealed class OpenTelemetryTests : IDisposable
{
    private readonly MetricRegistry _registry = new();
    private readonly string _meter = "Published." + Guid.NewGuid();
    private readonly Dictionary<string, double> _points = new(StringComparer.Ordinal);
    private readonly MeterProvider _provider;
    private readonly IDisposable _published;

    public OpenTelemetryTests()
    {
        _provider = Sdk.CreateMeterProviderBuilder().AddMeter(_meter).AddReader(new BaseExportingMetricReader(new Exporter(_points))).Build();
        _published = _registry.PublishTo(new MeterOptions(_meter) { Version = "1.2" });
    }

    public void Dispose()
    {
        _published.Dispose();
        _provider.Dispose();
        _registry.Dispose();
    }

    [Fact]
    public void ArgumentChecking()
    {
        Assert.Throws<ArgumentNullException>(() => RegistryMeter.PublishTo(null!, new MeterOptions("m")));
        Assert.Throws<ArgumentNullException>(() => _registry.PublishTo(null!));
    }

    [Fact]
    public void The_SDK_reads_back_what_was_recorded()
    {
        _registry.GetOrAddCounter("datagrams", MetricTags.Of(("peer", "a")), unit: "{datagram}").Add(3);
        _registry.GetOrAddCounter("datagrams", MetricTags.Of(("peer", "b"), ("link", "x"))).Add(4);
        _registry.GetOrAddGauge("level").Set(1.5);
        _registry.GetOrAddGauge("unset");
        _registry.GetOrAddRate("loss", unit: "{datagram}", window: TimeSpan.FromSeconds(10));
        var timer = _registry.GetOrAddTimer("decode", MetricTags.Of(("codec", "json")));
        timer.Record(TimeSpan.FromSeconds(1));
        timer.Record(TimeSpan.FromSeconds(3));
        _registry.GetOrAddHistogram("error", unit: "m").Record(-2);
        Collect();

        Assert.Equal(3, _points["datagrams {datagram} peer=a"]);
        Assert.Equal(4, _points["datagrams {datagram} link=x peer=b"]);
        Assert.Equal(1.5, _points["level "]);
        Assert.Equal(0, _points["loss {datagram}/s"]);
        Assert.Equal(2, _points["decode.count {value} codec=json"]);
        Assert.Equal(4, _points["decode.sum s codec=json"]);
        Assert.Equal(
            ["0.5", "0.9", "0.95", "0.99"],
            _points.Keys.Where(key => key.StartsWith("decode.quantile s codec=json quantile=", StringComparison.Ordinal)).Select(key => key.Split('=')[^1]).Order(StringComparer.Ordinal));
        Assert.Equal(-2, _points["error.sum m"]);
        Assert.DoesNotContain("unset ", _points.Keys);
    }

    [Fact]
    public void A_tag_named_quantile_is_told_apart_from_that_of_the_quantiles()
    {
        _registry.GetOrAddHistogram("h", MetricTags.Of(("quantile", "mine"), ("quantile_2", "too"))).Record(1);
        Collect();

        var names = _points.Keys.Where(key => key.StartsWith("h.quantile ", StringComparison.Ordinal)).Select(key => key.Split(' ').Skip(2).Order(StringComparer.Ordinal).ToArray()).ToArray();
        Assert.Equal(4, names.Length);
        Assert.All(names, tags => Assert.Equal(["quantile_2=too", "quantile_3=mine"], tags[1..]));
    }

    [Fact]
    public void What_is_registered_later_is_read_and_what_is_unregistered_is_not()
    {
        var a = MetricTags.Of(("peer", "a"));
        var b = MetricTags.Of(("peer", "b"));
        _registry.GetOrAddCounter("datagrams", a).Add(1);
        Collect();
        Assert.Equal(["datagrams  peer=a"], _points.Keys);

        _registry.GetOrAddCounter("datagrams", b).Add(2);
        Assert.True(_registry.Register(MetricType.Gauge, "level"));
        Assert.True(_registry.Record("level", 3));
        Collect();
        Assert.Equal(["datagrams  peer=a", "datagrams  peer=b", "level "], _points.Keys.Order(StringComparer.Ordinal));

        Assert.True(_registry.Unregister("datagrams", a));
        Assert.True(_registry.Unregister("level"));
        Collect();
        Assert.Equal(["datagrams  peer=b"], _points.Keys);

        // The name comes back as a metric of another type.
        _registry.GetOrAddCounter("level").Add(4);
        Collect();
        Assert.Equal(["datagrams  peer=b", "level "], _points.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(4, _points["level "]);
    }

    [Fact]
    public void Instruments_go_with_the_last_metric_of_their_name()
    {
        using var listener = new MeterListener();
        var there = new HashSet<string>(StringComparer.Ordinal);
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == _meter)
            {
                Assert.Equal("1.2", instrument.Meter.Version);
                Assert.True(there.Add(instrument.Name));
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.MeasurementsCompleted = (instrument, _) => there.Remove(instrument.Name);
        listener.Start();
        for (var i = 0; i < 1000; i++)
        {
            // More names than the registry has room for, one after the other.
            _registry.GetOrAddHistogram("h" + i.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(3, there.Count);
            Assert.True(_registry.Unregister("h" + i.ToString(CultureInfo.InvariantCulture)));
            Assert.Empty(there);
        }

        _registry.GetOrAddGauge("g");
        Assert.Equal(["g"], there);
        _registry.Dispose();
        Assert.Empty(there);
    }

    [Fact]
    public void Dispose_takes_the_instruments_back()
    {
        _registry.GetOrAddGauge("level").Set(1);
        _published.Dispose();
        _published.Dispose();
        _registry.GetOrAddGauge("later").Set(1);
        Collect();

        Assert.Empty(_points);
    }

    [Fact]
    public void A_listener_that_throws_hinders_neither_the_registering_nor_the_other_metrics()
    {
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == _meter && instrument.Name == "bad")
            {
                throw new InvalidOperationException("mine");
            }
        };
        listener.Start();
        var errors = new List<Exception>();
        using var subscription = _registry.Errors.Subscribe(errors.Add);

        _registry.GetOrAddGauge("bad").Set(1);
        _registry.GetOrAddGauge("good").Set(2);
        Collect();

        Assert.Equal("mine", Assert.Single(errors).Message);
        Assert.Equal(2, _points["good "]);
    }

    [Fact]
    public void A_listener_may_use_the_registry_and_end_the_publishing()
    {
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == _meter && instrument.Name == "first")
            {
                _registry.GetOrAddGauge("second").Set(2);
            }
            else if (instrument.Meter.Name == _meter && instrument.Name == "last")
            {
                _published.Dispose();
            }
        };
        listener.Start();
        _registry.GetOrAddGauge("first").Set(1);
        Collect();
        Assert.Equal(["first ", "second "], _points.Keys.Order(StringComparer.Ordinal));

        _registry.GetOrAddGauge("last").Set(1);
        Collect();
        Assert.Empty(_points);
    }

    [Fact]
    public void Threads_that_register_and_unregister_leave_what_the_registry_holds()
    {
        var threads = Enumerable.Range(0, 8).Select(thread => new Thread(() =>
        {
            var random = new Random(thread);
            for (var i = 0; i < 500; i++)
            {
                var name = "g" + random.Next(4).ToString(CultureInfo.InvariantCulture);
                var tags = MetricTags.Of(("t", random.Next(3).ToString(CultureInfo.InvariantCulture)));
                if (random.Next(2) == 0)
                {
                    _registry.Register(MetricType.Gauge, name, tags);
                    _registry.Record(name, 1, tags);
                }
                else
                {
                    _registry.Unregister(name, tags);
                }
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        Assert.All(threads, thread => Assert.True(thread.Join(TimeSpan.FromSeconds(30))));
        foreach (var metric in _registry.Metrics)
        {
            ((Gauge)metric).Set(1);
        }

        Collect();

        Assert.Equal(
            _registry.Metrics.Select(metric => $"{metric.Name}  t={metric.Tags[0].Value}").Order(StringComparer.Ordinal), _points.Keys.Order(StringComparer.Ordinal));
    }

    private void Collect()
    {
        _points.Clear();
        Assert.True(_provider.ForceFlush(10_000));
    }

    private sealed class Exporter(Dictionary<string, double> points) : BaseExporter<OpenTelemetry.Metrics.Metric>
    {
        public override ExportResult Export(in Batch<OpenTelemetry.Metrics.Metric> batch)
        {
            foreach (var metric in batch)
            {
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    var key = metric.Name + " " + metric.Unit;
                    foreach (var (name, value) in point.Tags)
                    {
                        key += $" {name}={value}";
                    }

                    points[key] = metric.MetricType is OpenTelemetry.Metrics.MetricType.DoubleGauge ? point.GetGaugeLastValueDouble() : point.GetSumDouble();
                }
            }

            return ExportResult.Success;
        }
    }
}
