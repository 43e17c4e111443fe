using System.Reflection;
using System.Text.RegularExpressions;

namespace ReactiveLink.Docs.Tests;

/// <summary>
/// Every C# block in a README is the text of a region of this project or of a sample, so it compiles and says what the code says. A block is marked by the
/// line <c>&lt;!-- snippet: name --&gt;</c> before it.
/// </summary>
public sealed partial class SnippetTests
{
    internal static readonly string Root = typeof(SnippetTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    private static readonly string[] Homes = [Path.Combine("tests", "ReactiveLink.Docs.Tests"), "samples"];

    public static TheoryData<string> Documents => [.. Directory
        .EnumerateFiles(Root, "*.md", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Root, path))
        .Where(path => !path.Contains("node_modules", StringComparison.Ordinal) && !path.Contains("bin/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Snippets_are_the_compiled_regions(string document)
    {
        var regions = Regions();
        var text = File.ReadAllText(Path.Combine(Root, document)).ReplaceLineEndings("\n");
        var marked = Marked().Matches(text);

        Assert.Equal(Fence().Count(text), marked.Count);
        foreach (Match match in marked)
        {
            var name = match.Groups["name"].Value;
            Assert.True(regions.ContainsKey(name), $"{document}: there is no region '{name}'");
            Assert.Equal(regions[name], match.Groups["text"].Value.TrimEnd('\n'));
        }
    }

    [Fact]
    public void The_faults_table_names_every_reason()
    {
        var readme = File.ReadAllText(Path.Combine(Root, "README.md"));

        Assert.All(FaultReasons.All, reason => Assert.Contains($"`{reason.ToName()}`", readme, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_sample_is_listed()
    {
        var list = File.ReadAllText(Path.Combine(Root, "samples", "README.md"));
        var samples = Directory.EnumerateFiles(Path.Combine(Root, "samples"), "*.csproj", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension).ToList();

        Assert.NotEmpty(samples);
        Assert.All(samples, sample => Assert.Matches($@"(?m)^\| \[?`{sample}`", list));
        Assert.Contains("(samples/README.md)", File.ReadAllText(Path.Combine(Root, "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Regions_are_found() => Assert.True(Regions().Count >= 5);

    private static Dictionary<string, string> Regions()
    {
        var regions = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Homes.SelectMany(home => Directory.EnumerateFiles(Path.Combine(Root, home), "*.cs", SearchOption.AllDirectories)))
        {
            foreach (Match match in Region().Matches(File.ReadAllText(path).ReplaceLineEndings("\n")))
            {
                regions.Add(match.Groups["name"].Value, Dedent(match.Groups["text"].Value));
            }
        }

        return regions;
    }

    private static string Dedent(string block)
    {
        var lines = block.Trim('\n').Split('\n');
        var indent = lines.Where(line => line.Trim().Length > 0).Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty(0).Min();
        return string.Join('\n', lines.Select(line => line.Length >= indent ? line[indent..].TrimEnd() : "")).TrimEnd('\n');
    }

    [GeneratedRegex(@"^[ \t]*#region (?<name>[\w-]+)[ \t]*\n(?<text>.*?)^[ \t]*#endregion", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Region();

    [GeneratedRegex(@"<!-- snippet: (?<name>[\w-]+) -->\n```csharp\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Marked();

    [GeneratedRegex("^```(?:csharp|cs|c#)", RegexOptions.Multiline | RegexOptions.IgnoreCase, 10_000)]
    private static partial Regex Fence();
}
