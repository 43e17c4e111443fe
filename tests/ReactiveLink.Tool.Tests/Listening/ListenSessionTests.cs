using Microsoft.Reactive.Testing;
using ReactiveLink.Tool.Tests.Processes;

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

    private async Task<Task<int>> StartAsync(params string[] arguments)
    {
        var running = _process.RunAsync(["listen", ":9000", .. arguments]);
        await Deadline.Within(_process.Transport.Started.Task, "the start");
        return running;
    }

    private void Advance(double seconds) => _scheduler.AdvanceBy(TimeSpan.FromSeconds(seconds).Ticks);
}
