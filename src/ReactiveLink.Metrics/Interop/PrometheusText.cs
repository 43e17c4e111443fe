using System.Buffers;
using System.Globalization;
using System.Text;
using ReactiveLink.Metrics.Interop;

namespace ReactiveLink.Metrics;

/// <summary>A registry in Prometheus' text exposition format, version 0.0.4.</summary>
/// <remarks>
/// <para>https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format</para>
/// <para>
/// Characters that the format does not allow in names become underscores. A counter's name ends in <c>_total</c>, a timer's in <c>_seconds</c>, a rate (a gauge) in
/// <c>_per_second</c>; histograms and timers are histograms. Where different names become the same, the later family has <c>_2</c>, <c>_3</c>… behind its name; so have labels, and
/// <c>le</c> on a histogram. Two series that would become the same have a label <c>series</c> to tell them apart.
/// </para>
/// </remarks>
public static class PrometheusText
{
    /// <summary>The content type of the text: <c>text/plain; version=0.0.4; charset=utf-8</c>.</summary>
    public static string ContentType => "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes every metric.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="writer">Where to. Lines end in LF whatever its own line ending is.</param>
    public static void WritePrometheus(this MetricRegistry registry, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(Format(registry));
    }

    /// <summary>Writes every metric in UTF-8.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="writer">Where to.</param>
    public static void WritePrometheus(this MetricRegistry registry, IBufferWriter<byte> writer)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(writer);
        Encoding.UTF8.GetBytes(Format(registry), writer);
    }

    private static StringBuilder Format(MetricRegistry registry)
    {
        var text = new StringBuilder();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var family in registry.Metrics.GroupBy(metric => (metric.Name, metric.Type)))
        {
            var distribution = family.Key.Type is MetricType.Histogram or MetricType.Timer;
            var name = PrometheusNames.Family(family.Key.Name, family.Key.Type, names);
            if (family.Select(metric => metric.Description).FirstOrDefault(description => description is not null) is { } help)
            {
                text.Append("# HELP ").Append(name).Append(' ');
                PrometheusNames.AppendEscaped(text, help, quotes: false);
                text.Append('\n');
            }

            text.Append("# TYPE ").Append(name).Append(distribution ? " histogram" : family.Key.Type == MetricType.Counter ? " counter" : " gauge").Append('\n');
            var series = new HashSet<string>(StringComparer.Ordinal);
            foreach (var metric in family)
            {
                var labels = PrometheusNames.Labels(metric.Tags, distribution, series);
                if (distribution)
                {
                    AppendHistogram(text, name, labels, metric is Timer timer ? timer.GetSnapshot() : ((Histogram)metric).GetSnapshot());
                }
                else
                {
                    Append(text, name, labels, metric.Value);
                }
            }
        }

        return text;
    }

    private static void AppendHistogram(StringBuilder text, string name, string labels, HistogramSnapshot snapshot)
    {
        long count = 0;
        for (var i = 0; i <= snapshot.Bounds.Length; i++)
        {
            count += snapshot.Counts[i];
            var le = "le=\"" + (i < snapshot.Bounds.Length ? Number(snapshot.Bounds[i]) : "+Inf") + "\"";
            Append(text, name + "_bucket", labels.Length == 0 ? le : labels + "," + le, count);
        }

        Append(text, name + "_sum", labels, snapshot.Sum);
        Append(text, name + "_count", labels, count);
    }

    private static void Append(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) =>
        double.IsNaN(value) ? "NaN"
        : double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString("R", CultureInfo.InvariantCulture);

    private static void Write(this TextWriter writer, StringBuilder text)
    {
        foreach (var chunk in text.GetChunks())
        {
            writer.Write(chunk.Span);
        }
    }

    private static void GetBytes(this Encoding encoding, StringBuilder text, IBufferWriter<byte> writer)
    {
        // A pair of surrogates may lie across two chunks: only an encoder keeps its first half.
        var encoder = encoding.GetEncoder();
        foreach (var chunk in text.GetChunks())
        {
            encoder.Convert(chunk.Span, writer, flush: false, out _, out _);
        }

        encoder.Convert([], writer, flush: true, out _, out _);
    }
}
