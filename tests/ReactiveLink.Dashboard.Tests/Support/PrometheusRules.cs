using System.Globalization;
using System.Text.RegularExpressions;

namespace ReactiveLink.Dashboard.Tests.Support;

/// <summary>The rules of Prometheus' text format 0.0.4, line by line.</summary>
internal static partial class PrometheusRules
{
    public static void Check(string text)
    {
        var types = new Dictionary<string, string>(StringComparer.Ordinal);
        var series = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n')[..^1])
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var words = line.Split(' ');
                Assert.True(types.TryAdd(words[2], words[3]), "two TYPE lines: " + line);
                continue;
            }

            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                continue;
            }

            var sample = Sample().Match(line);
            Assert.True(sample.Success, "not a sample: " + line);
            var name = sample.Groups["name"].Value;
            var family = types.ContainsKey(name) ? name : Suffix().Replace(name, "");
            Assert.True(types.TryGetValue(family, out var type), "no TYPE before: " + line);
            Assert.True(type != "counter" || name.EndsWith("_total", StringComparison.Ordinal), "a counter's name: " + line);
            Assert.True(series.Add(name + sample.Groups["labels"].Value), "twice: " + line);
            Assert.True(double.TryParse(sample.Groups["value"].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out _), "a value: " + line);
        }
    }

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?<labels>\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*",?)+\})? (?<value>\S+)$""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sample();

    [GeneratedRegex("_(bucket|sum|count)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Suffix();
}
