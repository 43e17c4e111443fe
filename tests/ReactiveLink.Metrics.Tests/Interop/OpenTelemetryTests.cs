using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace ReactiveLink.Metrics.Tests.Interop;

/// <summary>What the OpenTelemetry SDK reads of a registry.</summary>
public sealed class OpenTelemetryTests
{
    [Fact]
    public void The_SDK_reads_back_what_was_recorded()
    {
        using var registry = new MetricRegistry();
        registry.GetOrAddCounter("datagrams", MetricTags.Of(("peer", "a")), unit: "{datagram}").Add(3);
        registry.GetOrAddCounter("datagrams", MetricTags.Of(("peer", "b"))).Add(4);
        registry.GetOrAddGauge("level").Set(1.5);
        registry.GetOrAddGauge("unset");
        var timer = registry.GetOrAddTimer("decode");
        timer.Record(TimeSpan.FromSeconds(1));
        timer.Record(TimeSpan.FromSeconds(3));
        using var meter = new Meter("Published." + Guid.NewGuid());
        var points = new Dictionary<string, double>(StringComparer.Ordinal);
        using (var provider = Sdk.CreateMeterProviderBuilder().AddMeter(meter.Name).AddReader(new BaseExportingMetricReader(new Exporter(points))).Build())
        {
            registry.PublishTo(meter);
            Assert.True(provider.ForceFlush(10_000));
        }

        Assert.Equal(3, points["datagrams {datagram} peer=a"]);
        Assert.Equal(4, points["datagrams {datagram} peer=b"]);
        Assert.Equal(1.5, points["level "]);
        Assert.Equal(2, points["decode.count {value}"]);
        Assert.Equal(4, points["decode.sum s"]);
        Assert.Equal(1, points["decode.quantile s quantile=0.5"]);
        Assert.DoesNotContain("unset ", points.Keys);
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
