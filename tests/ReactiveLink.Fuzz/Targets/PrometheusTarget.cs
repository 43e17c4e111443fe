using System.Buffers;
using System.Globalization;
using System.Reactive.Concurrency;
using System.Text;
using ReactiveLink.Metrics;
using ReactiveLink.Metrics.Tests.Interop;
using static ReactiveLink.Fuzz.FuzzException;

namespace ReactiveLink.Fuzz;

/// <summary>
/// The text of registries whose names, tags, descriptions and values are hostile. An input describes a registry: whatever it holds, a strict parser reads the text and
/// finds in it what the registry says.
/// </summary>
internal sealed class PrometheusTarget : FuzzTarget
{
    private const int MaximumMetrics = 12;

    /// <summary>Pieces that meet in names, tags and descriptions: what must be escaped, what becomes the same, what the format keeps for itself.</summary>
    private static readonly string[] Pieces =
    [
        "a", "b", ".", "-", "_", "__", ":", "2", "_2", "_total", "_seconds", "_per_second", "_bucket", "_sum", "_count", "le", "series", "label", "quantile",
        " ", "\n", "\r\n", "\\", "\\n", "\"", "#", "{", "}", "=", ",", "\t", "\0", "é", "😀", "\ud800", "\udc00", "\u2028", "# TYPE x counter", "NaN",
    ];

    private static readonly double[] Values =
        [0, 1, -1, -0.0, 0.1, 1e-300, double.Epsilon, double.MaxValue, double.MinValue, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e21, 123456789.125, 5, 1e15];

    private static readonly byte[][] Seeds =
    [
        [0, 0, 0, 0, 1, 1],
        [2, 1, 0, 1, 1, 0, 6, 1, 1, 1, 3, 1, 4, 14],
        [3, 2, 0, 9, 2, 0, 15, 0, 1, 1, 0, 16, 1, 4, 3, 2, 4, 5, 6],
        [4, 0, 1, 1, 0, 11, 0, 0, 2, 1, 4],
        [1, 1, 7, 5, 1, 0, 8, 0, 3, 24, 25, 26, 1, 0, 2, 3],
    ];

    private readonly Mutator _mutator = new([[0], [1], [9, 9], [33, 34], [20], [24], [22, 23]], maximumLength: 600);

    public override string Name => "prometheus";

    public override byte[] Generate(SeededRandom random)
    {
        byte[] all = [];
        for (var left = random.NextInt32(3); left >= 0; left--)
        {
            all = [.. all, .. Seeds[random.NextInt32(Seeds.Length)]];
        }

        return _mutator.Mutate(all, random, Seeds[random.NextInt32(Seeds.Length)]);
    }

    /// <returns>Whether it is an honest registry: nothing in it is refused.</returns>
    public override bool Check(byte[] input)
    {
        using var registry = new MetricRegistry(new MetricRegistryOptions { Scheduler = new HistoricalScheduler(), MaximumMetrics = MaximumMetrics });
        var isHonest = Fill(registry, new Bytes(input));
        using var writer = new StringWriter { NewLine = "\r\n" };
        registry.WritePrometheus(writer);
        var text = writer.ToString();
        CheckSaysTheSame(registry, PrometheusParser.Parse(text));

        // In UTF-8 it is the same: what has no UTF-8 (half a pair of surrogates) is replaced before.
        var bytes = new ArrayBufferWriter<byte>(text.Length + 16);
        registry.WritePrometheus(bytes);
        Require(new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes.WrittenSpan) == text);
        return isHonest;
    }

    private static bool Fill(MetricRegistry registry, Bytes bytes)
    {
        var isHonest = !bytes.AtEnd;
        while (!bytes.AtEnd)
        {
            var type = (MetricType)bytes.Next(5);
            var name = Text(ref bytes, least: 1, most: 3);
            var tags = Tags(ref bytes);
            isHonest &= registry.Register(type, name, tags, bytes.Next(2) == 0 ? null : Text(ref bytes, least: 0, most: 3));
            for (var left = bytes.Next(4); left > 0; left--)
            {
                isHonest &= registry.Record(name, Values[bytes.Next(Values.Length)], tags);
            }
        }

        return isHonest;
    }

    private static MetricTags Tags(ref Bytes bytes)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var left = bytes.Next(4); left > 0; left--)
        {
            tags[Text(ref bytes, least: 1, most: 3)] = Text(ref bytes, least: 0, most: 3);
        }

        return MetricTags.Of(tags);
    }

    private static string Text(ref Bytes bytes, int least, int most)
    {
        var text = new StringBuilder();
        for (var left = least + bytes.Next(most - least + 1); left > 0; left--)
        {
            text.Append(Pieces[bytes.Next(Pieces.Length)]);
        }

        return text.ToString();
    }

    private static void CheckSaysTheSame(MetricRegistry registry, List<PrometheusFamily> families)
    {
        Equal(registry.Metrics.Select(metric => (metric.Name, metric.Type)).Distinct().Count(), families.Count);
        var (plain, distributions, values, tags) = (0, 0, new HashSet<double>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var family in families)
        {
            foreach (var sample in family.Samples)
            {
                plain += family.Type != "histogram" ? 1 : 0;
                distributions += family.Type == "histogram" && sample.Name.EndsWith("_count", StringComparison.Ordinal) ? 1 : 0;
                values.Add(sample.Value);
                tags.UnionWith(sample.Labels.Select(label => label.Value));
            }
        }

        var expectedPlain = registry.Metrics.Count(metric => metric.Type is not (MetricType.Histogram or MetricType.Timer));
        Equal((expectedPlain, registry.Metrics.Length - expectedPlain), (plain, distributions));
        foreach (var metric in registry.Metrics)
        {
            Require(metric.Type is not (MetricType.Counter or MetricType.Gauge) || values.Contains(metric.Value), string.Create(CultureInfo.InvariantCulture, $"the text has {metric.Value}"));
            Require(metric.Tags.All(tag => tags.Contains(string.Concat(tag.Value.EnumerateRunes()))));
        }
    }
}
