using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Interop;

/// <summary>Whatever a registry holds, the text can be read, and says what the registry says.</summary>
public sealed class PrometheusPropertyTests
{
    /// <summary>Pieces that meet in names, tags and descriptions: what must be escaped, what becomes the same, what the format keeps for itself.</summary>
    private static readonly string[] Pieces =
    [
        "a", "b", ".", "-", "_", "__", ":", "2", "_2", "_total", "_seconds", "_per_second", "_bucket", "_sum", "_count", "le", "series", "label", "quantile",
        " ", "\n", "\r\n", "\\", "\\n", "\"", "#", "{", "}", "=", ",", "\t", "\0", "é", "😀", "\ud800", "\udc00", "\u2028", "# TYPE x counter", "NaN",
    ];

    [Fact]
    public void Any_registry_is_text_that_a_strict_parser_reads_back()
    {
        for (var seed = 0; seed < 1500; seed++)
        {
            Check(new Random(seed), seed);
        }
    }

    [Theory]
    [InlineData("a 1")]
    [InlineData("# TYPE a counter\na -1\n")]
    [InlineData("a 1\n")]
    [InlineData("# TYPE a gauge\na 1\n# TYPE b gauge\na 2\n")]
    [InlineData("# TYPE a gauge\na 1\n# TYPE b gauge\n# TYPE a gauge\n")]
    [InlineData("# TYPE a gauge\na 1\na 2\n")]
    [InlineData("# TYPE a gauge\na{x=\"1\",x=\"2\"} 1\n")]
    [InlineData("# TYPE a gauge\na{x=\"\\t\"} 1\n")]
    [InlineData("# TYPE a gauge\na{9=\"1\"} 1\n")]
    [InlineData("# TYPE a gauge\na Infinity\n")]
    [InlineData("# TYPE a gauge\na ∞\n")]
    [InlineData("# TYPE a histogram\na_bucket{le=\"1\"} 1\na_sum 1\na_count 1\n")]
    [InlineData("# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n")]
    [InlineData("# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 2\n")]
    public void The_parser_is_strict(string text) => Assert.Throws<FormatException>(() => PrometheusParser.Parse(text));

    private static void Check(Random random, int seed)
    {
        using var registry = new MetricRegistry(new MetricRegistryOptions { Scheduler = new TestScheduler() });
        for (var i = random.Next(12); i > 0; i--)
        {
            var tags = MetricTags.Of(Enumerable.Range(0, random.Next(4)).Select(_ => Text(random, 1)).Distinct(StringComparer.Ordinal).Select(key => KeyValuePair.Create(key, Text(random, 0))));
            registry.Register((MetricType)random.Next(5), Text(random, 1), tags, random.Next(2) == 0 ? Text(random, 0) : null);
        }

        foreach (var metric in registry.Metrics)
        {
            for (var i = random.Next(4); i > 0; i--)
            {
                var value = random.Next(6) switch { 0 => 0, 1 => double.MaxValue, 2 => double.Epsilon, 3 => -0.0, 4 => random.NextDouble() * 20, _ => -random.NextDouble() };
                registry.Record(metric.Name, value, metric.Tags);
            }
        }

        using var writer = new StringWriter { NewLine = "\r\n" };
        registry.WritePrometheus(writer);
        var text = writer.ToString();
        var families = PrometheusParser.Parse(text);

        Assert.Equal(registry.Metrics.Select(metric => (metric.Name, metric.Type)).Distinct().Count(), families.Count);
        var all = families.SelectMany(family => family.Samples.Select(sample => (family, sample))).ToList();
        var plain = registry.Metrics.Count(metric => metric.Type is not (MetricType.Histogram or MetricType.Timer));
        Assert.Equal(plain, all.Count(pair => pair.family.Type != "histogram"));
        Assert.Equal(registry.Metrics.Length - plain, all.Count(pair => pair.family.Type == "histogram" && pair.sample.Name.EndsWith("_count", StringComparison.Ordinal)));

        // Every value and every tag comes back as it was.
        var values = registry.Metrics.Where(metric => metric.Type is MetricType.Counter or MetricType.Gauge)
            .Select(metric => metric.Value.ToString("R", CultureInfo.InvariantCulture));
        Assert.Subset(all.Select(pair => pair.sample.Value.ToString("R", CultureInfo.InvariantCulture)).ToHashSet(StringComparer.Ordinal), values.ToHashSet(StringComparer.Ordinal));
        var written = all.SelectMany(pair => pair.sample.Labels).Select(label => label.Value).ToHashSet(StringComparer.Ordinal);
        Assert.Subset(written, registry.Metrics.SelectMany(metric => metric.Tags).Select(tag => string.Concat(tag.Value.EnumerateRunes())).ToHashSet(StringComparer.Ordinal));

        // In UTF-8 it is the same: what has no UTF-8 (half a pair of surrogates) is replaced before.
        var bytes = new ArrayBufferWriter<byte>();
        registry.WritePrometheus(bytes);
        var decoded = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes.WrittenSpan);
        Assert.True(decoded == text, $"seed {seed}");
    }

    private static string Text(Random random, int least)
    {
        var text = new StringBuilder();
        for (var i = random.Next(least, 4); i > 0; i--)
        {
            text.Append(Pieces[random.Next(Pieces.Length)]);
        }

        return text.ToString();
    }
}
