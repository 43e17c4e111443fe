using System.Reactive.Linq;
using System.Text.RegularExpressions;
using ReactiveLink.Tool.Tests.Processes;
using ReactiveLink.Tool.Tests.Terminals;

namespace ReactiveLink.Tool.Tests.Listening;

/// <summary>The table of <c>listen</c> on a pseudo-terminal of the system: what is on the screen, and what is left of it.</summary>
public sealed partial class TerminalTableTests
{
    [TerminalFact]
    public async Task The_table_is_live_and_ctrl_c_leaves_the_terminal_as_it_was()
    {
        await using var tool = TerminalProcess.Start(100, 24, [], "listen", "127.0.0.1:0");
        var endpoint = await ReadEndpointAsync(tool);
        using var sender = new TestSender(endpoint);
        sender.Send("""{"roll":1.5}""");
        await tool.WaitForAsync(screen => Has(screen, $"│ {sender.Endpoint} │ ") && Has(screen, "1 delivered, 0.0 % lost, 1 peers, 1 live") && Has(screen, """{"roll":1.5}"""), "the first message");
        sender.Skip(2);
        sender.Send("""{"roll":2.5}""");
        sender.SendRaw([1, 2, 3]);
        await tool.WaitForAsync(
            screen => Has(screen, "2 delivered, 50.0 % lost") && Has(screen, "1 gaps, 2 lost") && Has(screen, "faults: too-short 1") && Has(screen, """{"roll":2.5}"""), "the gap and the fault");
        Assert.Single(tool.Screen.Lines, line => line.StartsWith("listening on ", StringComparison.Ordinal));

        await tool.TypeAsync("\\x03");

        Assert.Equal(0, await tool.WaitForEndAsync());
        var lines = tool.Screen.Lines;
        Assert.Equal((true, true, false, true), (tool.Screen.CursorIsVisible, tool.Screen.KeysAreNormal, tool.Screen.Wrapped, tool.Screen.HasStyles));
        Assert.Matches(@"^3 datagrams \(\d+ bytes\) from 1 peers: 2 delivered, 1 dropped$", lines[^4]);
        Assert.Equal(["sequence: 1 in order, 1 gaps, 2 lost, 0 duplicates, 0 late, 0 restarts", "faults: too-short 1", ""], lines[^3..]);
        Assert.Single(lines, line => line.StartsWith("listening on ", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("^C", StringComparison.Ordinal));
    }

    [TerminalFact]
    public async Task There_are_no_colours_where_they_are_not_wanted()
    {
        await using var tool = TerminalProcess.Start(100, 24, ["NO_COLOR=1"], "listen", "127.0.0.1:0", "--count", "1");
        using var sender = new TestSender(await ReadEndpointAsync(tool));
        sender.SendRaw([1, 2, 3]);
        sender.Skip(5);
        sender.Send("1");

        Assert.Equal(0, await tool.WaitForEndAsync());
        Assert.True(Has(tool.Screen, "faults: too-short 1"));
        Assert.False(tool.Screen.HasStyles);
    }

    [TerminalFact]
    public async Task A_small_terminal_has_as_many_rows_as_fit_and_tells_of_the_others()
    {
        await using var tool = TerminalProcess.Start(44, 16, [], "listen", "127.0.0.1:0");
        var endpoint = await ReadEndpointAsync(tool);
        var senders = Enumerable.Range(0, 30).Select(_ => new TestSender(endpoint)).ToList();
        senders.ForEach(sender => sender.Send("1"));
        await tool.WaitForAsync(screen => Has(screen, "│ and 26 more "), "the row of the others");

        Assert.Equal(4, tool.Screen.Visible.Count(line => line.StartsWith("│ 127.0.0.1:", StringComparison.Ordinal)));
        Assert.Equal(tool.Screen.Lines, tool.Screen.Visible);
        await tool.TypeAsync("\\x03");
        Assert.Equal(0, await tool.WaitForEndAsync());
        senders.ForEach(sender => sender.Dispose());
    }

    [TerminalFact]
    public async Task A_terminal_that_changes_its_size_is_drawn_anew()
    {
        await using var tool = TerminalProcess.Start(120, 24, [], "listen", "127.0.0.1:0");
        using var sender = new TestSender(await ReadEndpointAsync(tool));
        sender.Send("1");
        await tool.WaitForAsync(screen => Has(screen, " dup. │ latest data"), "the wide table");

        foreach (var (columns, rows) in ((int, int)[])[(50, 14), (30, 10), (100, 30)])
        {
            await tool.ResizeAsync(columns, rows);
            await tool.WaitForAsync(
                screen => screen.Visible[0].StartsWith("listening on ", StringComparison.Ordinal) && Has(screen, "faults: none") && screen.Visible.All(line => line.Length <= columns)
                    && (columns < 100 || Has(screen, " jitter │ latest data")),
                $"the table in {columns} columns");
            Assert.Single(tool.Screen.Visible, line => line.StartsWith("listening on ", StringComparison.Ordinal));
        }

        await tool.TypeAsync("\\x03");
        Assert.Equal(0, await tool.WaitForEndAsync());
    }

    /// <summary>With REACTIVELINK_PICTURE it is also written to the file that it names.</summary>
    [TerminalFact]
    public async Task The_picture_of_the_readme_is_what_the_tool_prints()
    {
        await using var tool = TerminalProcess.Start(120, 24, [], "listen", "127.0.0.1:0");
        var endpoint = await ReadEndpointAsync(tool);
        using var fleet = new TestFleet(endpoint, ["rover-1", "rover-2", "mast"]);
        using (Observable.Interval(TimeSpan.FromMilliseconds(20)).Subscribe(_ => fleet.Send()))
        {
            await tool.WaitForAsync(screen => screen.Visible.Any(line => Delivered().Match(line) is { Success: true } match && int.Parse(match.Groups["count"].Value, System.Globalization.CultureInfo.InvariantCulture) > 300) && Has(screen, "crc-mismatch"), "a second or two of a fleet");
        }

        var picture = TerminalPicture.Render(tool.Screen.Cells, tool.Screen.Columns, "reactivelink listen on a terminal");

        var shown = System.Xml.Linq.XDocument.Parse(picture).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value);
        Assert.Equal(WithoutBlanks(tool.Screen.Lines), WithoutBlanks(shown));
        if (Environment.GetEnvironmentVariable("REACTIVELINK_PICTURE") is { Length: > 0 } file)
        {
            await File.WriteAllTextAsync(file, picture);
        }

        await tool.TypeAsync("\\x03");
        Assert.Equal(0, await tool.WaitForEndAsync());
    }

    private static string WithoutBlanks(IEnumerable<string> texts) => string.Concat(string.Concat(texts).Where(character => !char.IsWhiteSpace(character)));

    private static bool Has(TerminalScreen screen, string text) => screen.Visible.Any(line => line.Contains(text, StringComparison.Ordinal));

    private static async Task<string> ReadEndpointAsync(TerminalProcess tool)
    {
        Match match = Match.Empty;
        await tool.WaitForAsync(screen => (match = Listening().Match(screen.Visible[0])).Success, "the endpoint");
        return match.Groups["endpoint"].Value;
    }

    [GeneratedRegex(@"^listening on (?<endpoint>127\.0\.0\.1:\d+) for ", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Listening();

    [GeneratedRegex(@", (?<count>\d+) delivered", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Delivered();
}
