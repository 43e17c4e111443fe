using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Dashboard.Feed;
using Dashboard.Server;

namespace ReactiveLink.Dashboard.Tests.Server;

public sealed class EventBlockTests
{
    private static readonly FeedOptions Options = new();
    private static readonly LinkPoint Point = new(0, "Connected", 1, 2, 0.5, ImmutableSortedDictionary<string, long>.Empty.Add("crc-mismatch", 3));
    private static readonly LinkTotals Totals = new(1, 2, 3, 4, 5, 6, 7, 8, 9, ImmutableSortedDictionary<string, long>.Empty);

    [Fact]
    public void An_event_is_a_name_and_one_line_of_JSON()
    {
        var messages = new MessageUpdate(7, 1, [new MessageRow(1, "a\nb\rc", "data", 4, "in-order", "data: x\n\nevent: link")]);
        var block = EventBlock.Of(new FeedUpdate(new LinkUpdate(Point, Totals), messages, null, null, null));

        var text = Encoding.UTF8.GetString(block[(int)EventKind.Messages]!);
        var lines = text.Split('\n');
        Assert.Equal(["event: messages", "", ""], [lines[0], .. lines[2..]]);
        Assert.StartsWith("data: {", lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain('\r', text);
        using var json = JsonDocument.Parse(lines[1][6..]);
        var row = json.RootElement.GetProperty("rows")[0];
        Assert.Equal("a\nb\rc", row.GetProperty("source").GetString());
        Assert.Equal("data: x\n\nevent: link", row.GetProperty("data").GetString());
        Assert.Null(block[(int)EventKind.Peers]);
        Assert.Null(block[(int)EventKind.Hello]);
    }

    [Fact]
    public void The_worst_that_a_network_can_put_into_an_event_stays_within_its_bound()
    {
        // A control character takes six bytes in JSON: nothing takes more.
        var name = new string('\u0001', Options.NameLength);
        var data = new string('\u0001', Options.DataLength);
        var message = new MessageRow(long.MaxValue, name, name, uint.MaxValue, "gap(18446744073709551615)", data);
        var peer = new PeerRow(
            "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]:65535", name, "Joined", 1e9 + 0.1, long.MaxValue, long.MaxValue, 0.9999, long.MaxValue, long.MaxValue, long.MaxValue,
            60000.123, 60000.123, -60000.123, 1e6 + 0.1);
        var alert = new AlertRow(long.MaxValue, "slow transit", name, "Inactive", 1e300, "ratio", long.MaxValue);
        var window = new WindowRow(name, name, "ms", 10, long.MaxValue, -1e300, -1e300, -1e300, -1e300, -1e300, -1e300);
        var update = new FeedUpdate(
            new LinkUpdate(Point, Totals),
            new MessageUpdate(long.MaxValue, long.MaxValue, [.. Enumerable.Repeat(message, Options.MessagesPerTick)]),
            new PeerUpdate(int.MaxValue, [.. Enumerable.Repeat(peer, Options.PeersShown)]),
            new WindowUpdate([.. Enumerable.Repeat(window, Options.SourcesWithWindows + 1)]),
            new AlertUpdate([.. Enumerable.Repeat(alert, Options.AlertsShown)], [.. Enumerable.Repeat(alert, Options.AlertsShown)]));
        var block = EventBlock.Of(update);

        var sizes = Enumerable.Range(0, EventBlock.Kinds).ToDictionary(kind => (EventKind)kind, kind => block[kind]?.Length ?? 0);
        Assert.All(sizes, size => Assert.InRange(size.Value, 0, 64 * 1024));

        // Peers and windows are told once a second, the others with each of four ticks.
        var second = (4 * (sizes[EventKind.Link] + sizes[EventKind.Messages] + sizes[EventKind.Alerts])) + sizes[EventKind.Peers] + sizes[EventKind.Windows];
        Assert.InRange(second, 0, 384 * 1024);
    }

    [Theory]
    [InlineData("short", "short")]
    [InlineData("0123456789", "0123456789")]
    [InlineData("01234567890", "012345678…")]
    [InlineData("01234567\U0001F680012", "01234567…")]
    public void A_text_is_cut_but_no_character_is(string text, string expected) => Assert.Equal(expected, MessageSamples.Cut(text, 10));
}
