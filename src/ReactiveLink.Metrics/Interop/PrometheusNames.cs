using System.Globalization;
using System.Text;

namespace ReactiveLink.Metrics.Interop;

/// <summary>Names and labels by the rules of the text format.</summary>
internal static class PrometheusNames
{
    /// <summary>A name for a family that no series of another family has.</summary>
    /// <param name="name">The metric's name.</param>
    /// <param name="type">Its type.</param>
    /// <param name="taken">Names of series so far; gains those of this family.</param>
    public static string Family(string name, MetricType type, HashSet<string> taken)
    {
        var suffix = type switch
        {
            MetricType.Counter => "_total",
            MetricType.Timer => "_seconds",
            MetricType.Rate => "_per_second",
            _ => "",
        };
        var stem = Sanitize(name, colons: true);
        if (suffix.Length > 0 && stem.Length > suffix.Length && stem.EndsWith(suffix, StringComparison.Ordinal))
        {
            stem = stem[..^suffix.Length];
        }

        string[] ends = type is MetricType.Histogram or MetricType.Timer ? ["", "_bucket", "_sum", "_count"] : [""];
        for (var i = 1; ; i++)
        {
            var candidate = (i == 1 ? stem : stem + "_" + i.ToString(CultureInfo.InvariantCulture)) + suffix;
            if (!ends.Any(end => taken.Contains(candidate + end)))
            {
                taken.UnionWith(ends.Select(end => candidate + end));
                return candidate;
            }
        }
    }

    /// <summary>The labels of a series, as they stand between the braces, unlike those of any other series of the family.</summary>
    public static string Labels(MetricTags tags, bool distribution, HashSet<string> series)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (distribution)
        {
            names.Add("le");
        }

        // In the order of their names: the same labels in another order are the same series.
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            labels.Add(Unique(Label(key), names), value);
        }

        var text = Text(labels);
        if (!series.Add(text))
        {
            var more = Unique("series", names);
            for (var i = 2; !series.Add(text); i++)
            {
                labels[more] = i.ToString(CultureInfo.InvariantCulture);
                text = Text(labels);
            }
        }

        return text;
    }

    /// <summary>
    /// Appends a text with backslash and line feed escaped, in a label's value the quotation mark as well. Half a surrogate pair has no UTF-8 and is replaced here
    /// already, so that what is unlike stays unlike when it is encoded.
    /// </summary>
    public static void AppendEscaped(StringBuilder text, string value, bool quotes)
    {
        Span<char> characters = stackalloc char[2];
        foreach (var rune in value.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '\\' => text.Append(@"\\"),
                '\n' => text.Append(@"\n"),
                '"' when quotes => text.Append("\\\""),
                _ => text.Append(characters[..rune.EncodeToUtf16(characters)]),
            };
        }
    }

    private static string Text(SortedDictionary<string, string> labels)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in labels)
        {
            text.Append(text.Length > 0 ? "," : "").Append(name).Append("=\"");
            AppendEscaped(text, value, quotes: true);
            text.Append('"');
        }

        return text.ToString();
    }

    private static string Unique(string name, HashSet<string> names)
    {
        var candidate = name;
        var stem = name == "_" ? "label" : name;
        for (var i = 2; !names.Add(candidate); i++)
        {
            candidate = stem + "_" + i.ToString(CultureInfo.InvariantCulture);
        }

        return candidate;
    }

    /// <summary>Two underscores at the beginning are kept for the server's own use.</summary>
    private static string Label(string key)
    {
        var name = Sanitize(key, colons: false);
        return name.StartsWith("__", StringComparison.Ordinal) ? "label" + name : name;
    }

    private static string Sanitize(string name, bool colons) => string.Create(
        char.IsAsciiDigit(name[0]) ? name.Length + 1 : name.Length,
        (name, colons),
        static (span, from) =>
        {
            // A digit may not be first: an underscore goes before it.
            span[0] = '_';
            var target = span[^from.name.Length..];
            for (var i = 0; i < target.Length; i++)
            {
                var character = from.name[i];
                target[i] = char.IsAsciiLetterOrDigit(character) || (character == ':' && from.colons) ? character : '_';
            }
        });
}
