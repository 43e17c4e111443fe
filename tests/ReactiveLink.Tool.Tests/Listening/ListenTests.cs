using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using ReactiveLink.Tool.Tests.Processes;

namespace ReactiveLink.Tool.Tests.Listening;

/// <summary><c>reactivelink listen</c> as a process.</summary>
public sealed class ListenTests
{
    [Fact]
    public async Task Every_line_is_as_documented_to_the_byte()
    {
        await using var tool = ToolProcess.Start("listen", "127.0.0.1:0", "--count", "2");
        var endpoint = await tool.ReadListeningAsync();
        using var sender = new TestSender(endpoint);
        sender.Send("{\"roll\": 1.50,\n \"text\":\"é\\u00e9\"}", source: "plant");
        sender.SendRaw([1, 2, 3]);
        sender.Send("[1]");

        Assert.Equal(
            $$$"""{"event":"message","peer":"{{{sender.Endpoint}}}","sequence":0,"verdict":"in-order","lost":0,"id":"m0","type":"data","priority":2,"source":"plant","timestamp":1700000000.5,"data":{"roll": 1.50,  "text":"é\u00e9"}}""",
            await tool.ReadLineAsync());
        Assert.Equal($$$"""{"event":"fault","reason":"too-short","peer":"{{{sender.Endpoint}}}"}""", await tool.ReadLineAsync());
        Assert.Equal(
            $$$"""{"event":"message","peer":"{{{sender.Endpoint}}}","sequence":1,"verdict":"in-order","lost":0,"id":"m1","type":"data","priority":2,"source":"test","timestamp":1700000000.5,"data":[1]}""",
            await tool.ReadLineAsync());
        var summary = await tool.ReadLineAsync();
        var bytes = (long)JsonNode.Parse(summary!)!["bytes"]!;
        Assert.Equal(
            $$$"""{"event":"summary","datagrams":3,"bytes":{{{bytes}}},"delivered":2,"peers":1,"faults":{"too-short":1},"sequence":{"inOrder":2,"gaps":0,"lost":0,"duplicates":0,"late":0,"restarts":0}}""",
            summary);
        Assert.Null(await tool.ReadLineAsync());
        Assert.Equal((0, ""), await tool.WaitAsync());
    }

    [Fact]
    public async Task Count_ends_after_exactly_as_many_messages_although_more_came()
    {
        await using var tool = ToolProcess.Start("listen", "127.0.0.1:0", "--count", "5");
        using var sender = new TestSender(await tool.ReadListeningAsync());
        for (var i = 0; i < 50; i++)
        {
            sender.Send(i.ToString(CultureInfo.InvariantCulture));
        }

        var events = await tool.ReadEventsAsync();

        Assert.Equal((0, ""), await tool.WaitAsync());
        Assert.Equal(["0", "1", "2", "3", "4"], events.SkipLast(1).Select(e => e["data"]!.ToJsonString()));
        AssertSummary(events[^1], datagrams: 5, delivered: 5, inOrder: 5);
    }

    [UnixFact]
    public async Task An_interrupt_ends_it_with_the_summary_and_success()
    {
        await using var tool = ToolProcess.Start("listen", "127.0.0.1:0");
        using var sender = new TestSender(await tool.ReadListeningAsync());
        sender.Send("1");
        Assert.Equal("message", (string?)(await tool.ReadEventAsync())!["event"]);

        tool.Interrupt();

        AssertSummary(Assert.Single(await tool.ReadEventsAsync()), datagrams: 1, delivered: 1, inOrder: 1);
        Assert.Equal((0, ""), await tool.WaitAsync());
    }

    [UnixFact]
    public async Task A_background_job_of_a_shell_can_be_interrupted_too()
    {
        // Such a job starts with SIGINT ignored.
        await using var tool = ToolProcess.StartInShell("trap '' INT; exec \"$@\"", "listen", "127.0.0.1:0");
        await tool.ReadListeningAsync();

        tool.Interrupt();

        Assert.Equal("summary", (string?)Assert.Single(await tool.ReadEventsAsync())["event"]);
        Assert.Equal((0, ""), await tool.WaitAsync());
    }

    [Fact]
    public async Task Idle_ends_it_after_silence_that_bad_datagrams_break_as_well()
    {
        await using var tool = ToolProcess.Start("listen", "127.0.0.1:0", "--idle", "3");
        using var sender = new TestSender(await tool.ReadListeningAsync());
        sender.SendRaw([1]);

        var events = await tool.ReadEventsAsync();

        Assert.Equal((0, ""), await tool.WaitAsync());
        Assert.Equal(["fault", "summary"], events.Select(e => (string)e["event"]!));
        AssertSummary(events[^1], datagrams: 1, delivered: 0, inOrder: 0);
    }

    [Fact]
    public async Task Duration_ends_it_and_nothing_received_is_success()
    {
        await using var tool = ToolProcess.Start("listen", "127.0.0.1:0", "--duration", "0.2");
        var events = await tool.ReadEventsAsync();

        Assert.Equal((0, ""), await tool.WaitAsync());
        Assert.Equal(["listening", "summary"], events.Select(e => (string)e["event"]!));
        AssertSummary(events[^1], datagrams: 0, delivered: 0, inOrder: 0);
    }

    [Fact]
    public async Task Fields_that_the_format_lacks_are_absent()
    {
        await using var tool = ToolProcess.Start("listen", "127.0.0.1:0", "--frame", "none", "--codec", "hex", "--count", "2");
        using var sender = new TestSender(await tool.ReadListeningAsync());
        sender.SendRaw([0xDE, 0xAD]);
        sender.SendRaw([]);

        Assert.Equal($$"""{"event":"message","peer":"{{sender.Endpoint}}","data":"dead"}""", await tool.ReadLineAsync());
        Assert.Equal($$"""{"event":"message","peer":"{{sender.Endpoint}}","data":""}""", await tool.ReadLineAsync());
        Assert.Equal("summary", (string?)Assert.Single(await tool.ReadEventsAsync())["event"]);
    }

    [Fact]
    public async Task Multicast_groups_are_joined()
    {
        await using var tool = ToolProcess.Start(
            "listen", "0.0.0.0:0", "--group", "239.77.1.1@127.0.0.1", "--group", "239.77.1.2@127.0.0.1", "--frame", "none", "--codec", "text", "--count", "2");
        var port = IPEndPoint.Parse(await tool.ReadListeningAsync()).Port;
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.Loopback.GetAddressBytes());
        socket.SendTo("one"u8, new IPEndPoint(IPAddress.Parse("239.77.1.1"), port));
        socket.SendTo("two"u8, new IPEndPoint(IPAddress.Parse("239.77.1.2"), port));

        var events = await tool.ReadEventsAsync();

        Assert.Equal(["one", "two"], events.SkipLast(1).Select(e => (string)e["data"]!));
        Assert.Equal((0, ""), await tool.WaitAsync());
    }

    [IPv6Fact]
    public async Task IPv6_is_written_with_brackets()
    {
        await using var tool = ToolProcess.Start("listen", "[::1]:0", "--count", "1");
        var endpoint = await tool.ReadListeningAsync();
        Assert.StartsWith("[::1]:", endpoint, StringComparison.Ordinal);

        var (exitCode, _, error) = await ToolProcess.RunAsync("1\n", "send", endpoint);

        Assert.Equal((0, ""), (exitCode, error));
        var events = await tool.ReadEventsAsync();
        Assert.StartsWith("[::1]:", (string)events[0]["peer"]!, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task A_reader_that_goes_away_ends_it_quietly()
    {
        await using var tool = ToolProcess.StartInShell("{ \"$@\"; echo \"exit $?\" >&2; } | head -n 1", "listen", "127.0.0.1:0");
        var endpoint = await tool.ReadListeningAsync();
        using var sender = new TestSender(endpoint);

        // The pipe is closed once head has gone: the next writes tell the tool.
        var ended = tool.WaitAsync();
        while (await Task.WhenAny(ended, SignalOf(TimeSpan.FromMilliseconds(50))) != ended)
        {
            sender.Send("1");
        }

        Assert.Equal((0, "exit 0\n"), await ended);
    }

    [Fact]
    public async Task A_port_in_use_is_one_line_and_2()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var (exitCode, output, error) = await ToolProcess.RunAsync("", "listen", taken.LocalEndPoint!.ToString()!);

        Assert.Equal(2, exitCode);
        Assert.Equal("", output);
        Assert.Equal(
            $"reactivelink: {taken.LocalEndPoint} is already in use: stop the program that listens there, or choose another port (0 for any free one).{Environment.NewLine}",
            error);
    }

    [Fact]
    public async Task The_table_is_plain_lines_where_there_is_no_terminal()
    {
        await using var tool = ToolProcess.Start("listen", "127.0.0.1:0", "--output", "table", "--count", "1");
        var first = await tool.ReadLineAsync();
        using var sender = new TestSender(first!["listening on ".Length..]);
        sender.Send("1");

        var rest = await tool.ReadToEndAsync();

        Assert.Equal((0, ""), await tool.WaitAsync());
        Assert.Contains(" from 1 peers: 1 delivered, 0 dropped", rest, StringComparison.Ordinal);
        Assert.Contains("sequence: 1 in order, 0 gaps, 0 lost, 0 duplicates, 0 late, 0 restarts", rest, StringComparison.Ordinal);
        Assert.Contains("faults: none", rest, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', rest);
    }

    private static void AssertSummary(JsonObject summary, long datagrams, long delivered, long inOrder)
    {
        Assert.Equal("summary", (string?)summary["event"]);
        Assert.Equal(datagrams, (long)summary["datagrams"]!);
        Assert.Equal(delivered, (long)summary["delivered"]!);
        Assert.Equal(inOrder, (long)summary["sequence"]!["inOrder"]!);
    }

    /// <summary>A moment between two attempts, by a timer.</summary>
    private static async Task SignalOf(TimeSpan time)
    {
        using var timer = new PeriodicTimer(time);
        await timer.WaitForNextTickAsync();
    }
}
