using OpenTelemetry;
using OpenTelemetry.Metrics;
using ReactiveLink.Hosting.Tests.Support;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Hosting.Tests.Tracing;

/// <summary>The meter of a link that a host has opened.</summary>
public sealed class MeterTests
{
    [Fact]
    public async Task AddMeter_shows_the_links_of_the_host()
    {
        var exporter = new Exporter();
        using var provider = Sdk.CreateMeterProviderBuilder().AddMeter("ReactiveLink").AddReader(new BaseExportingMetricReader(exporter)).Build();
        var builder = TestHost.Builder();
        Microsoft.Extensions.DependencyInjection.ReactiveLinkServiceCollectionExtensions
            .AddReactiveLink(builder.Services, configure: options => options.Listen = "127.0.0.1:0")
            .AddHandler<NotingHandler>(MessageType.Data);
        using var host = builder.Build();
        await host.StartAsync();
        exporter.Port = host.Link().LocalEndpoint.Port;
        await using (var sender = TestHost.ClientOf(host.Link()))
        {
            await sender.SendAsync(1);
        }

        await Deadline.Until(() => host.Journal().Handled.Count == 1, "handled");
        provider.ForceFlush();
        await host.StopAsync();

        Assert.Equal(1, exporter.Received);
    }

    private sealed class Exporter : BaseExporter<Metric>
    {
        public int Port { get; set; }

        public long Received { get; private set; }

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch)
            {
                if (metric.Name != "reactivelink.link.messages.received")
                {
                    continue;
                }

                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    foreach (var tag in point.Tags)
                    {
                        Received = tag.Key == "network.local.port" && Equals(tag.Value, Port) ? point.GetSumLong() : Received;
                    }
                }
            }

            return ExportResult.Success;
        }
    }
}
