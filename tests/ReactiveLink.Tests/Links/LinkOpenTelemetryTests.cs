using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Links;

/// <summary>What the OpenTelemetry SDK reads of links on real sockets.</summary>
public sealed partial class LinkOpenTelemetryTests : IDisposable
{
    private readonly Exporter _exporter = new();
    private readonly MeterProvider _provider;

    public LinkOpenTelemetryTests() =>
        _provider = Sdk.CreateMeterProviderBuilder().AddMeter("ReactiveLink").AddReader(new BaseExportingMetricReader(_exporter)).Build();

    public void Dispose() => _provider.Dispose();

    [Fact]
    public async Task The_SDK_reads_what_the_statistics_say()
    {
        await using var link = UdpLink.Open("127.0.0.1:0");
        using var messages = link.Messages.Subscribe(_ => { });
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var peer = (IPEndPoint)socket.Client.LocalEndPoint!;
        byte[][] datagrams = [Wire.Message(0), Wire.Message(1), Wire.Message(5), Wire.Message(5), Wire.Corrupt(Wire.Message(6)), [1]];
        foreach (var datagram in datagrams)
        {
            await socket.SendAsync(datagram, new IPEndPoint(IPAddress.Loopback, link.LocalEndpoint.Port));
        }

        await Deadline.Until(() => link.GetStatistics().Ledger.Received == datagrams.Length, "all received");
        var points = Collect(link);

        var statistics = link.GetStatistics();
        Assert.Equal(6, points["reactivelink.link.datagrams.received {datagram}"]);
        Assert.Equal(4, points["reactivelink.link.datagrams.delivered {datagram}"]);
        Assert.Equal(1, points["reactivelink.link.datagrams.dropped {datagram} reactivelink.fault.reason=crc-mismatch"]);
        Assert.Equal(1, points["reactivelink.link.datagrams.dropped {datagram} reactivelink.fault.reason=too-short"]);
        Assert.Equal(1, points["reactivelink.link.faults {fault} reactivelink.fault.reason=crc-mismatch"]);
        Assert.Equal(statistics.BytesReceived, points["reactivelink.link.io By network.io.direction=receive"]);
        Assert.Equal(statistics.Sequence.Duplicates, points["reactivelink.link.duplicates {datagram}"]);
        Assert.Equal(1, points["reactivelink.link.duplicates {datagram}"]);
        Assert.Equal(3, points["reactivelink.link.lost {datagram}"]);
        Assert.Equal(1, points["reactivelink.link.peer.count {peer}"]);
        var of = FormattableString.Invariant($"network.peer.address=127.0.0.1 network.peer.port={peer.Port}");
        Assert.Equal(3, points["reactivelink.peer.lost {datagram} " + of]);
        Assert.InRange(points["reactivelink.peer.jitter s " + of], 0, 1);
    }

    [Fact]
    public async Task A_link_that_closes_takes_its_own_figures_and_no_other_links()
    {
        await using var stays = UdpLink.Open("127.0.0.1:0");
        var goes = UdpLink.Open("127.0.0.1:0");
        Assert.NotEmpty(Collect(stays));
        Assert.NotEmpty(Collect(goes));

        await goes.DisposeAsync();

        // What was counted until the end may be told once more.
        _provider.ForceFlush(10_000);
        Assert.NotEmpty(Collect(stays));
        Assert.Empty(Collect(goes));
    }

    [Fact]
    public async Task Names_units_and_attributes_are_those_of_the_semantic_conventions()
    {
        await using var link = UdpLink.Open("127.0.0.1:0");
        await using var other = UdpLink.Connect(FormattableString.Invariant($"127.0.0.1:{link.LocalEndpoint.Port}"));
        using var messages = link.Messages.Subscribe(_ => { });
        await other.SendAsync(1);
        await Deadline.Until(() => link.GetStatistics().MessagesReceived == 1, "received");
        Collect(link);

        string[] attributes =
        [
            "network.local.address", "network.local.port", "network.peer.address", "network.peer.port", "network.io.direction", "reactivelink.fault.reason",
            "reactivelink.peer.state", "reactivelink.request.result",
        ];
        var names = _exporter.Instruments.Select(instrument => instrument.Name).Distinct(StringComparer.Ordinal).ToArray();
        Assert.All(_exporter.Instruments, instrument =>
        {
            Assert.Matches(Name(), instrument.Name);
            Assert.StartsWith("reactivelink.", instrument.Name, StringComparison.Ordinal);
            Assert.Matches(Unit(), instrument.Unit);
            Assert.False(string.IsNullOrEmpty(instrument.Description), instrument.Name);

            // Neither "total" nor the unit is in a name, and no name is the namespace of another.
            Assert.DoesNotMatch("total|bytes|seconds", instrument.Name);
            Assert.DoesNotContain(names, name => name.StartsWith(instrument.Name + ".", StringComparison.Ordinal));
            Assert.Subset(attributes.ToHashSet(StringComparer.Ordinal), instrument.Attributes);
        });

        // All but the two by reason, of which there is none.
        Assert.Equal(18, names.Length);
    }

    private Dictionary<string, double> Collect(UdpLink link)
    {
        _exporter.Link = link.LocalEndpoint;
        _exporter.Points.Clear();
        Assert.True(_provider.ForceFlush(10_000));
        return new(_exporter.Points, StringComparer.Ordinal);
    }

    [GeneratedRegex("^[a-z][a-z0-9]*([._][a-z0-9]+)*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@"^(By|s|1|\{[a-z]+\})$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Unit();

    /// <summary>Other tests open links meanwhile: only the points of one are kept.</summary>
    private sealed class Exporter : BaseExporter<Metric>
    {
        public UdpEndpoint? Link { get; set; }

        public Dictionary<string, double> Points { get; } = new(StringComparer.Ordinal);

        public List<(string Name, string Unit, string Description, HashSet<string> Attributes)> Instruments { get; } = [];

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch)
            {
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    var key = metric.Name + " " + metric.Unit;
                    var attributes = new HashSet<string>(StringComparer.Ordinal);
                    string? address = null;
                    object? port = null;
                    foreach (var (name, value) in point.Tags)
                    {
                        attributes.Add(name);
                        switch (name)
                        {
                            case "network.local.address":
                                address = (string?)value;
                                break;
                            case "network.local.port":
                                port = value;
                                break;
                            default:
                                key += string.Create(CultureInfo.InvariantCulture, $" {name}={value}");
                                break;
                        }
                    }

                    if (Equals(port, Link?.Port) && address == Link?.Address.ToString())
                    {
                        Points[key] = metric.MetricType switch
                        {
                            MetricType.DoubleGauge => point.GetGaugeLastValueDouble(),
                            _ => point.GetSumLong(),
                        };
                        Instruments.Add((metric.Name, metric.Unit, metric.Description, attributes));
                    }
                }
            }

            return ExportResult.Success;
        }
    }
}
