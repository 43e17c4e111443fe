using System.Globalization;
using System.Text;

namespace ReactiveLink.Metrics.Tests.Interop;

/// <summary>One line with a value.</summary>
internal sealed record PrometheusSample(string Name, IReadOnlyList<KeyValuePair<string, string>> Labels, double Value);

/// <summary>All lines of one metric, in a group of their own.</summary>
internal sealed record PrometheusFamily(string Name, string Type, string? Help, List<PrometheusSample> Samples);

/// <summary>
/// Reads the text format 0.0.4, strictly: what the specification lets a server refuse is refused here. https://prometheus.io/docs/instrumenting/exposition_formats/
/// </summary>
internal sealed class PrometheusParser
{
    private static readonly string[] Types = ["counter", "gauge", "histogram", "summary", "untyped"];

    private readonly List<PrometheusFamily> _families = [];
    private readonly HashSet<string> _series = new(StringComparer.Ordinal);
    private string _line = "";
    private int _at;

    private PrometheusParser()
    {
    }

    public static List<PrometheusFamily> Parse(string text)
    {
        if (text.Length > 0 && text[^1] != '\n')
        {
            throw new FormatException("The last line does not end.");
        }

        var parser = new PrometheusParser();
        foreach (var line in text.Split('\n')[..^1])
        {
            parser._line = line;
            parser._at = 0;
            try
            {
                parser.ReadLine();
            }
            catch (FormatException exception)
            {
                throw new FormatException($"{exception.Message} At {parser._at} of: {line}", exception);
            }
        }

        foreach (var family in parser._families)
        {
            Check(family);
        }

        return parser._families;
    }

    private static void Check(PrometheusFamily family)
    {
        Demand(family.Type.Length > 0, $"{family.Name} has no TYPE.");
        Demand(family.Type != "counter" || family.Samples.All(sample => sample.Value is >= 0 or double.NaN), $"{family.Name} counts below zero.");
        if (family.Type != "histogram")
        {
            Demand(family.Samples.All(sample => sample.Name == family.Name), $"{family.Name} has other names in its group.");
            return;
        }

        // A histogram's series are those that agree in all labels but le; each is one run of lines.
        foreach (var series in family.Samples.GroupBy(sample => Text(sample.Labels.Where(label => label.Key != "le"))))
        {
            var samples = series.ToList();
            var start = family.Samples.IndexOf(samples[0]);
            Demand(family.Samples.Skip(start).Take(samples.Count).SequenceEqual(samples), $"{family.Name}: a series is not in one piece.");
            var buckets = samples.Where(sample => sample.Name == family.Name + "_bucket").ToList();
            Demand(samples.Count == buckets.Count + 2, $"{family.Name}: neither buckets, sum nor count.");
            Demand(samples[^2].Name == family.Name + "_sum" && samples[^1].Name == family.Name + "_count", $"{family.Name} has no sum and count at its end.");
            Demand(buckets.All(bucket => bucket.Labels.Count(label => label.Key == "le") == 1), $"{family.Name}: a bucket has no le.");
            Demand(samples.TakeLast(2).All(sample => sample.Labels.All(label => label.Key != "le")), $"{family.Name}: le outside a bucket.");
            var bounds = buckets.ConvertAll(bucket => Number(bucket.Labels.Single(label => label.Key == "le").Value));
            Demand(buckets[^1].Labels.Single(label => label.Key == "le").Value == "+Inf", $"{family.Name} has no +Inf at the end of its buckets.");
            Demand(bounds.SequenceEqual(bounds.Distinct().Order()), $"{family.Name}: the bounds do not ascend.");
            Demand(buckets.Select(bucket => bucket.Value).SequenceEqual(buckets.Select(bucket => bucket.Value).Order()), $"{family.Name}: the buckets do not add up.");
            Demand(buckets[^1].Value.Equals(samples[^1].Value), $"{family.Name}: +Inf is not the count.");
        }
    }

    /// <summary>Labels as a text that no others have.</summary>
    private static string Text(IEnumerable<KeyValuePair<string, string>> labels)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in labels)
        {
            text.Append(key).Append('=').Append(value.Length).Append(':').Append(value);
        }

        return text.ToString();
    }

    private static double Number(string text) => text switch
    {
        "NaN" => double.NaN,
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => char.IsAsciiDigit(text[^1])
            ? double.Parse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture)
            : throw new FormatException($"'{text}' is not a number."),
    };

    private static void Demand(bool holds, string error)
    {
        if (!holds)
        {
            throw new FormatException(error);
        }
    }

    private void ReadLine()
    {
        if (_line.Length == 0)
        {
            return;
        }

        if (_line[0] != '#')
        {
            ReadSample();
            return;
        }

        var parts = _line.Split(' ', 4);
        if (parts.Length < 2 || parts[1] is not ("HELP" or "TYPE"))
        {
            return;
        }

        Demand(parts.Length == 4, "HELP and TYPE have a name and a text.");
        _at = 7;
        var name = Name(colons: true);
        Demand(name == parts[2], "A name ends at a blank.");
        var family = _families.LastOrDefault();
        if (family?.Name != name)
        {
            Demand(_families.TrueForAll(other => other.Name != name), $"{name} has two groups.");
            family = new PrometheusFamily(name, "", null, []);
            _families.Add(family);
        }

        Demand(family.Samples.Count == 0, "HELP and TYPE come before the samples.");
        if (parts[1] == "HELP")
        {
            Demand(family.Help is null, "There is one HELP.");
            _families[^1] = family with { Help = Unescape(parts[3], quotes: false) };
        }
        else
        {
            Demand(family.Type.Length == 0 && Types.Contains(parts[3], StringComparer.Ordinal), "There is one TYPE, of five.");
            _families[^1] = family with { Type = parts[3] };
        }
    }

    private void ReadSample()
    {
        var name = Name(colons: true);
        var labels = new List<KeyValuePair<string, string>>();
        if (Take('{'))
        {
            do
            {
                var label = Name(colons: false);
                Demand(!label.StartsWith("__", StringComparison.Ordinal), "Names with two underscores are the server's.");
                Demand(labels.TrueForAll(other => other.Key != label), $"The label {label} is there twice.");
                Demand(Take('=') && Take('"'), "A label has a value in quotation marks.");
                var start = _at;
                while (_at < _line.Length && _line[_at] != '"')
                {
                    _at += _line[_at] == '\\' ? 2 : 1;
                }

                Demand(_at < _line.Length, "The quotation mark is not closed.");
                labels.Add(new(label, Unescape(_line[start.._at++], quotes: true)));
            }
            while (Take(','));
            Demand(Take('}'), "The brace is not closed.");
        }

        Demand(Take(' '), "A blank comes before the value.");
        var value = Number(_line[_at..]);
        Demand(_series.Add(name + "{" + Text(labels.OrderBy(label => label.Key, StringComparer.Ordinal))), "The series is there twice.");
        var family = _families.LastOrDefault();
        var stem = family is { Type: "histogram" } && name.StartsWith(family.Name + "_", StringComparison.Ordinal) && name[family.Name.Length..] is "_bucket" or "_sum" or "_count"
            ? family!.Name
            : name;
        Demand(family?.Name == stem, "A sample belongs to the group before it.");
        family!.Samples.Add(new PrometheusSample(name, labels, value));
    }

    private string Name(bool colons)
    {
        var start = _at;
        while (_at < _line.Length && (char.IsAsciiLetter(_line[_at]) || _line[_at] == '_' || (colons && _line[_at] == ':') || (_at > start && char.IsAsciiDigit(_line[_at]))))
        {
            _at++;
        }

        Demand(_at > start, "A name is missing.");
        return _line[start.._at];
    }

    private bool Take(char character)
    {
        var there = _at < _line.Length && _line[_at] == character;
        _at += there ? 1 : 0;
        return there;
    }

    private static string Unescape(string text, bool quotes)
    {
        var plain = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                plain.Append(text[i]);
                continue;
            }

            plain.Append((++i < text.Length ? text[i] : '\0') switch
            {
                '\\' => '\\',
                'n' => '\n',
                '"' when quotes => '"',
                _ => throw new FormatException("An escape that there is not."),
            });
        }

        return plain.ToString();
    }
}
