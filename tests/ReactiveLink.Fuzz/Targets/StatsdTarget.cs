using System.Globalization;
using System.Net;
using System.Reactive.Concurrency;
using System.Reactive.Subjects;
using System.Text;
using ReactiveLink.Metrics;
using ReactiveLink.Metrics.Tests.Interop;
using StatsdGateway;
using static ReactiveLink.Fuzz.FuzzException;

namespace ReactiveLink.Fuzz;

/// <summary>
/// Datagrams for the StatsD gateway. Taken is what a plain reading of the lines as strings takes, with the same numbers. Some go through the whole gateway with small
/// bounds: every line is taken or a fault, the bounds hold, and a strict parser reads the exposition.
/// </summary>
internal sealed class StatsdTarget : FuzzTarget
{
    private static readonly UdpEndpoint Peer = new(IPAddress.Loopback, 8125);

    private static readonly byte[][] Seeds = HostileText.Tokens(
        "gorets:1|c|@0.1", "glork:320|ms", "gaugor:-10|g\ngaugor:+4|g", "uniques:a:b|s", "page.views:1:2:32|d|#env:dev,x|c:in-83c0|T1656581400", "song.length:240:234|h|@0.5|#a:b",
        "_e{5,4}:title|text|t:warning|#a:b", "_e{1,1}:a|b\n_sc|redis|2|#env:dev|m:away", "a:1|c\nb:2|g\n\r\nc:3|h|e:it-false|card:low\n", "a:1|c\na:1|g\na:-1|c|#x:1\na:1|c|#x:2");

    private static readonly byte[][] Tokens = HostileText.Tokens(
        ":", "|", "|c", "|g", "|ms", "|h", "|d", "|s", "|@", "|#", "|T", "|c:", "\n", "\r\n", ",", "0", "1", "-1", "+1", "1e9", "1e400", "NaN", "Infinity", "0.5", "1e-300", "a", "b", "_e{", "}:", "_sc|",
        "statsd_gateway.", ".window", ".decrements", "quantile:1", "overflow:true", "t:error", "\u00ff", "  ");

    private readonly Mutator _mutator = new([.. Tokens, "é"u8.ToArray(), [0xC3], [0xED, 0xA0, 0x80]], maximumLength: 4096);

    public override string Name => "statsd";

    public override byte[] Generate(SeededRandom random)
    {
        var input = _mutator.Mutate(Seeds[random.NextInt32(Seeds.Length)], random, Seeds[random.NextInt32(Seeds.Length)]);
        return random.NextInt32(4) == 0 ? [.. input, (byte)'\n', .. Seeds[random.NextInt32(Seeds.Length)]] : input;
    }

    /// <returns>Whether every line is taken.</returns>
    public override bool Check(byte[] input)
    {
        var lines = 0;
        var taken = 0;
        for (var rest = input.AsMemory(); !rest.IsEmpty;)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            line = line.Span is [.., (byte)'\r'] ? line[..^1] : line;
            if (!line.IsEmpty)
            {
                lines++;
                taken += CheckLine(line) ? 1 : 0;
            }
        }

        if (input.Length % 16 == 0)
        {
            CheckGateway(input, lines, taken);
        }

        return lines > 0 && taken == lines;
    }

    private static bool CheckLine(ReadOnlyMemory<byte> line)
    {
        var taken = StatsdParser.TryParse(line, out var value, out var error);
        Require(taken ? error is null : LineErrors.All.Contains(error));
        Equal(StatsdModel.Expect(line.Span), taken ? Said(value) : null);
        return taken;
    }

    private static string Said(StatsdLine line)
    {
        var values = line.Kind switch
        {
            LineKind.Event or LineKind.ServiceCheck or LineKind.Set => Encoding.UTF8.GetString(line.Values.Span),
            _ => string.Join(':', line.Numbers().Select(number => number.Value.ToString("R", CultureInfo.InvariantCulture) + (number.IsSigned ? "!" : ""))),
        };
        var rate = line.SampleRate.ToString("R", CultureInfo.InvariantCulture);
        return $"{line.Kind} {Encoding.UTF8.GetString(line.Name.Span)} {values} {rate} {line.ReadTags()}";
    }

    private static void CheckGateway(byte[] input, int lines, int taken)
    {
        var options = new GatewayOptions { Window = TimeSpan.FromSeconds(6), MaximumSeries = 4, MaximumSeriesPerName = 2, MaximumMembers = 2, Expiry = TimeSpan.FromSeconds(20) };
        var scheduler = new HistoricalScheduler(DateTimeOffset.UnixEpoch);
        using var gateway = new Gateway(options, scheduler);
        using var datagrams = new Subject<Datagram>();
        using var flow = gateway.Run(datagrams, error => throw new FuzzException(error.ToString()));
        var datagram = new Datagram(input, Peer, DateTimeOffset.UnixEpoch, TimeSpan.Zero);
        datagrams.OnNext(datagram);
        datagrams.OnNext(datagram);
        scheduler.AdvanceBy(TimeSpan.FromSeconds(2));
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        gateway.Metrics.WritePrometheus(writer);
        var families = PrometheusParser.Parse(writer.ToString());
        var leftOut = families.SelectMany(family => family.Samples)
            .Single(sample => sample.Name == "statsd_gateway_overflow_total" && sample.Labels.Contains(new("limit", "series"))).Value;
        Equal(2.0 * lines, Sum("statsd_gateway_lines_total") + Sum("statsd_gateway_faults_total") + leftOut);
        Require(Sum("statsd_gateway_lines_total") <= 2 * taken);
        Require(Sum("statsd_gateway_series") <= options.MaximumSeries);
        Require(families.SelectMany(family => family.Samples).All(sample => double.IsFinite(sample.Value)));
        scheduler.AdvanceBy(TimeSpan.FromSeconds(30));
        Equal(0.0, gateway.Figures.Series.Value);
        Require(gateway.Metrics.Metrics.All(metric => metric.Name.StartsWith("statsd_gateway.", StringComparison.Ordinal)));

        double Sum(string name) => families.SelectMany(family => family.Samples).Where(sample => sample.Name == name).Sum(sample => sample.Value);
    }
}
