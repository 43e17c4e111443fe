using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace ReactiveLink.Docs.Tests;

/// <summary>The table of a link's instruments names each with its kind and unit.</summary>
public sealed partial class MeterTableTests
{
    [Fact]
    public void The_table_is_what_a_link_publishes()
    {
        var published = new HashSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == "ReactiveLink")
            {
                lock (published)
                {
                    published.Add($"{instrument.Name} {Kind(instrument)} {instrument.Unit}");
                }
            }
        };
        listener.Start();
        using (UdpLink.Open("127.0.0.1:0"))
        {
        }

        var root = typeof(MeterTableTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!;
        var rows = Row().Matches(File.ReadAllText(Path.Combine(root, "src", "ReactiveLink", "README.md")))
            .Select(match => $"{match.Groups["name"].Value} {match.Groups["kind"].Value} {match.Groups["unit"].Value}");

        Assert.Equal(published.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    private static string Kind(Instrument instrument) => instrument.GetType().GetGenericTypeDefinition() switch
    {
        var type when type == typeof(ObservableCounter<>) => "counter",
        var type when type == typeof(ObservableUpDownCounter<>) => "up-down counter",
        _ => "gauge",
    };

    [GeneratedRegex(@"^\| `(?<name>reactivelink\.[^`]+)` \| (?<kind>[a-z-]+( counter)?) \| `(?<unit>[^`]+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();
}
