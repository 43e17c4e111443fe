using Microsoft.Reactive.Testing;
using ReactiveLink.Tool.Output;
using ReactiveLink.Tool.Tests.Processes;
using ReactiveLink.Tool.Tests.Terminals;

namespace ReactiveLink.Tool.Tests.Listening;

/// <summary><c>listen</c> in virtual time, over a transport of the test's.</summary>
public sealed class ListenSessionTests
{
    private readonly TestScheduler _scheduler = new();
    private readonly FakeProcess _process;

    public ListenSessionTests() => _process = new FakeProcess(_scheduler);

    [Fact]
    public async Task Faults_without_a_peer_have_none_and_sums_have_their_count()
    {
        var running = await StartAsync("--duration", "1");
        _process.Transport.Raise(new Fault(FaultReason.KernelDrop, _scheduler.Now, Count: 7));
        _process.Transport.Raise(new Fault(FaultReason.Truncated, _scheduler.Now, FakeTransport.Peer));
        _scheduler.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);

        Assert.Equal(0, await Deadline.Within(running, "the end"));

        Assert.Equal(
            [
                """{"event":"listening","endpoint":"127.0.0.1:9000"}""",
                """{"event":"fault","reason":"kernel-drop","count":7}""",
                """{"event":"fault","reason":"truncated","peer":"127.0.0.1:40000"}""",
                """{"event":"summary","datagrams":0,"bytes":0,"delivered":0,"peers":0,"faults":{"truncated":1,"kernel-drop":7},"sequence":{"inOrder":0,"gaps":0,"lost":0,"duplicates":0,"late":0,"restarts":0}}""",
            ],
            _process.OutputLines);
    }

    [Fact]
    public async Task Peers_are_those_whose_frames_were_good_also_if_unreadable()
    {
        var running = await StartAsync("--duration", "1", "--codec", "text", "--frame", "crc");
        _process.Transport.Receive([1, 2, 3, 4, 5], new UdpEndpoint(System.Net.IPAddress.Loopback, 1));
        _process.Transport.Receive([0xFF, 0, 0, 0, 0xFF], new UdpEndpoint(System.Net.IPAddress.Loopback, 2));
        _process.Transport.Receive([0, 0, 0, 0], new UdpEndpoint(System.Net.IPAddress.Loopback, 3));
        _scheduler.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        await Deadline.Within(running, "the end");

        // A CRC of nothing is 0; 0xFF has CRC FF000000 and is not UTF-8.
        Assert.Contains("\"delivered\":1,\"peers\":2,\"faults\":{\"crc-mismatch\":1,\"decode-failed\":1}", _process.OutputLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Idle_counts_from_the_last_datagram_good_or_bad()
    {
        var running = await StartAsync("--idle", "2", "--frame", "none", "--codec", "json");
        Advance(1.5);
        _process.Transport.Receive("not JSON"u8);
        Advance(1.5);
        _process.Transport.Raise(new Fault(FaultReason.Truncated, _scheduler.Now));
        Advance(1.9);
        Assert.False(running.IsCompleted);
        Advance(0.1);

        Assert.Equal(0, await Deadline.Within(running, "the end"));
    }

    [Fact]
    public async Task The_text_of_a_message_stays_on_one_line_whatever_it_holds()
    {
        var running = await StartAsync("--count", "2", "--frame", "none", "--codec", "text");
        _process.Transport.Receive("a\r\nb\u0000\u001b[31m\"\\\u2028é"u8);
        _process.Transport.Receive([]);

        Assert.Equal(0, await Deadline.Within(running, "the end"));

        Assert.Equal(4, _process.OutputLines.Length);
        var text = (string?)System.Text.Json.Nodes.JsonNode.Parse(_process.OutputLines[1])!["data"];
        Assert.Equal("a\r\nb\u0000\u001b[31m\"\\\u2028é", text);
        Assert.Equal("""{"event":"message","peer":"127.0.0.1:40000","data":""}""", _process.OutputLines[2]);
        Assert.DoesNotContain('\e', _process.Output);
    }

    [Fact]
    public async Task Plain_lines_tell_rate_and_sums_each_second()
    {
        var running = await StartAsync("--duration", "3", "--output", "table", "--frame", "none", "--codec", "text");
        for (var i = 0; i < 1500; i++)
        {
            _process.Transport.Receive("x"u8);
        }

        Advance(3);
        await Deadline.Within(running, "the end");

        Assert.Equal("listening on 127.0.0.1:9000", _process.OutputLines[0]);
        Assert.StartsWith("00:00:01  1,500/s  delivered 1,500: ", _process.OutputLines[1], StringComparison.Ordinal);
        Assert.EndsWith("; 0.0 % lost, jitter at most 0.00 ms; 1 peers, 1 live; faults: none", _process.OutputLines[1], StringComparison.Ordinal);
        Assert.StartsWith("00:00:02  0/s  delivered 1,500: ", _process.OutputLines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_table_on_a_terminal_shows_peers_and_no_control_characters_of_theirs()
    {
        _process.Environment = _process.Environment with { OutputIsTerminal = true };
        var running = await StartAsync("--frame", "none", "--codec", "text", "--count", "3");
        _process.Transport.Receive("first"u8);
        _process.Transport.Receive("second\u001b[2J[/]"u8);
        _process.Transport.Receive("third"u8, new UdpEndpoint(System.Net.IPAddress.Loopback, 40001));

        Assert.Equal(0, await Deadline.Within(running, "the end"));

        var text = _process.OutputText.ToString();
        Assert.Contains("listening on 127.0.0.1:9000", text, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:40001", text, StringComparison.Ordinal);
        Assert.Contains("second\uFFFD[2J[/]", text, StringComparison.Ordinal);
        Assert.Contains("3 datagrams (23 bytes) from 2 peers: 3 delivered, 0 dropped", text, StringComparison.Ordinal);
        Assert.Equal("", _process.Output);
    }

    [Fact]
    public async Task The_table_tells_rates_and_who_fell_silent()
    {
        var terminal = new TerminalScreen(120, 30);
        _process.Environment = OnTerminal(120, 30);
        var running = await StartAsync("--frame", "none", "--codec", "text", "--duration", "6");
        var other = new UdpEndpoint(System.Net.IPAddress.Loopback, 40001);
        for (var i = 0; i < 60; i++)
        {
            _process.Transport.Receive("x"u8);
            if (i < 10)
            {
                _process.Transport.Receive("y"u8, other);
            }

            // The drawing goes on where the scheduler's thread left it.
            Advance(0.1);
            await Task.Yield();
        }

        Assert.Equal(0, await Deadline.Within(running, "the end"));
        Show(terminal);
        Assert.Matches(@"^│ 127\.0\.0\.1:40000 +│ alive +│ +60 │", Assert.Single(terminal.Visible, line => line.Contains(":40000", StringComparison.Ordinal)));
        Assert.Matches(@"^│ 127\.0\.0\.1:40001 +│ silent [45] s +│ +10 │", Assert.Single(terminal.Visible, line => line.Contains(":40001", StringComparison.Ordinal)));
        Assert.Contains(terminal.Visible, line => line.EndsWith("70 delivered, 0.0 % lost, 2 peers, 1 live", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_line_is_wider_than_the_terminal_and_no_more_lines_than_it_has()
    {
        UdpEndpoint[] peers =
        [
            FakeTransport.Peer, new(System.Net.IPAddress.Parse("2001:db8:1111:2222:3333:4444:5555:6666"), 65535),
            .. Enumerable.Range(1, 40).Select(port => new UdpEndpoint(System.Net.IPAddress.Loopback, port)),
        ];
        for (var columns = 12; columns <= 200; columns++)
        {
            var rows = 13 + (columns % 20);
            var process = new FakeProcess(_scheduler);
            process.Environment = OnTerminal(columns, rows, process);
            var running = process.RunAsync("listen", ":9000", "--frame", "none", "--codec", "text", "--count", "42");
            await Deadline.Within(process.Transport.Started.Task, "the start");
            foreach (var peer in peers)
            {
                process.Transport.Receive("日本語のテキスト [red] and more of it, so much that it does not fit anywhere"u8, peer);
            }

            Assert.Equal(0, await Deadline.Within(running, "the end"));

            // The summary below is not the table's.
            var drawing = process.OutputText.ToString();
            var terminal = new TerminalScreen(columns, rows);
            terminal.Write(drawing[..drawing.LastIndexOf("42 datagrams", StringComparison.Ordinal)]);
            Assert.False(terminal.Wrapped, $"{columns} columns:\n{string.Join('\n', terminal.Lines)}");
            Assert.Equal(terminal.Lines, terminal.Visible);
            Assert.True(columns < 75 || terminal.Visible.Any(line => line.StartsWith("│ 127.0.0.1:40000", StringComparison.Ordinal) && line.Contains(" joined ", StringComparison.Ordinal)));
            Assert.Contains(terminal.Visible, line => line.StartsWith("│ and ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Who_lives_comes_first_and_names_may_be_wide()
    {
        var terminal = new TerminalScreen(100, 13);
        _process.Environment = OnTerminal(100, 13);
        var running = await StartAsync("--frame", "none", "--duration", "11");
        Send("early", FakeTransport.Peer);
        Advance(10);
        Send("日本語のとても長い名前をもつ装置です", new UdpEndpoint(System.Net.IPAddress.Loopback, 40001));
        Advance(1);

        Assert.Equal(0, await Deadline.Within(running, "the end"));
        Show(terminal);
        Assert.False(terminal.Wrapped, string.Join('\n', terminal.Lines));
        Assert.Contains(terminal.Lines, line => line.StartsWith("│ 127.0.0.1:40001 │ 日本語のとても長い… │ joined │", StringComparison.Ordinal));
        Assert.Contains(terminal.Lines, line => line.StartsWith("│ and 1 more ", StringComparison.Ordinal));

        void Send(string source, UdpEndpoint from)
        {
            var payload = new System.Buffers.ArrayBufferWriter<byte>();
            MessageCodecs.Json.Encode(new MessageMetadata { Id = "1", Source = source, Type = MessageType.Data }, "1"u8, payload);
            _process.Transport.Receive(payload.WrittenSpan, from);
        }
    }

    /// <summary>A terminal's driver begins each line at its left.</summary>
    private void Show(TerminalScreen terminal) =>
        terminal.Write(_process.OutputText.ToString().Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal));

    private ToolEnvironment OnTerminal(int columns, int rows, FakeProcess? process = null) =>
        (process ?? _process).Environment with { OutputIsTerminal = true, UseColor = true, ReadTerminalSize = () => new TerminalSize(columns, rows) };

    private async Task<Task<int>> StartAsync(params string[] arguments)
    {
        var running = _process.RunAsync(["listen", ":9000", .. arguments]);
        await Deadline.Within(_process.Transport.Started.Task, "the start");
        return running;
    }

    private void Advance(double seconds) => _scheduler.AdvanceBy(TimeSpan.FromSeconds(seconds).Ticks);
}
