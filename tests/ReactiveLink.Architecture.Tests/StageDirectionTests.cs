using System.Text.RegularExpressions;

namespace ReactiveLink.Architecture.Tests;

/// <summary>A stage may use the types of the stages before it, never the other way round.</summary>
public sealed partial class StageDirectionTests
{
    // Diagnostics is beside the stages: every one reports into it, and it knows only whom a fault concerns.
    private static readonly string[] Stages = ["Transport", "Framing", "Sequencing", "Messages", "Routing", "Links"];
    private static readonly string[] DiagnosticsMayUse = ["UdpEndpoint"];

    [Fact]
    public void No_stage_uses_a_later_one()
    {
        var violations = Violations(Load());

        Assert.Empty(violations);
    }

    [Fact]
    public void Every_source_folder_is_a_known_stage()
    {
        var folders = Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src", "ReactiveLink"))
            .Select(Path.GetFileName)
            .Where(name => name is not ("bin" or "obj"))
            .Order(StringComparer.Ordinal);

        Assert.Equal([.. Stages.Append("Diagnostics").Order(StringComparer.Ordinal)], folders);
    }

    [Fact]
    public void A_use_of_a_later_stage_is_found()
    {
        var files = new List<SourceFile>
        {
            new("Framing", "internal sealed class Early { Late? later; }"),
            new("Routing", "internal sealed class Late { Early? earlier; }"),
        };

        Assert.Equal(["Framing uses Late of Routing"], Violations(files));
    }

    private static List<SourceFile> Load() =>
    [
        .. Stages.Append("Diagnostics").SelectMany(stage => Repository
            .SourceFiles(Path.Combine("src", "ReactiveLink", stage))
            .Select(path => new SourceFile(stage, WithoutCommentsAndTexts(File.ReadAllText(path))))),
    ];

    private static List<string> Violations(List<SourceFile> files)
    {
        var stageOfType = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            foreach (Match match in Declaration().Matches(file.Code))
            {
                stageOfType[match.Groups["name"].Value] = file.Stage;
            }
        }

        return
        [
            .. files.SelectMany(file => Identifier().Matches(file.Code)
                    .Select(match => match.Value)
                    .Where(name => stageOfType.TryGetValue(name, out var stage) && !MayUse(file.Stage, stage, name))
                    .Select(name => $"{file.Stage} uses {name} of {stageOfType[name]}"))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
    }

    private static bool MayUse(string user, string used, string type)
    {
        if (used == "Diagnostics" || user == used)
        {
            return true;
        }

        return user == "Diagnostics"
            ? DiagnosticsMayUse.Contains(type, StringComparer.Ordinal)
            : Array.IndexOf(Stages, used) < Array.IndexOf(Stages, user);
    }

    private static string WithoutCommentsAndTexts(string code) => CommentOrText().Replace(code, " ");

    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|@?\$?"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])+'""", RegexOptions.Singleline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex CommentOrText();

    // Top-level declarations only: they start a line, after modifiers.
    [GeneratedRegex(
        @"^(?:(?:public|internal|sealed|static|abstract|readonly|ref|partial|unsafe)\s+)*(?:class|struct|interface|enum|record(?:\s+struct|\s+class)?|delegate\s+[\w<>?\[\]]+)\s+(?<name>\w+<?)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Declaration();

    // Not a member access: `x.Frame` names a property, `Frame` the type.
    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*<?(?!\w*\s*(?:=>|\{\s*get|=[^=]|;|:\s))", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Identifier();

    private sealed record SourceFile(string Stage, string Code);
}
