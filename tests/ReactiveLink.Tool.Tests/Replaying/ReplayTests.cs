using System.Buffers;
using System.Net;
using System.Reactive.Linq;
using Microsoft.Reactive.Testing;
using ReactiveLink.Testing;
using ReactiveLink.Tool.Tests.Processes;

namespace ReactiveLink.Tool.Tests.Replaying;

/// <summary><c>replay</c> in virtual time: what <c>listen</c> would print, or the same bytes at the same times.</summary>
public sealed class ReplayTests
{
    private static readonly DateTimeOffset Then = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task To_standard_output_as_listen_prints()
    {
        using var file = new TemporaryFile();
        byte[] wrong = Frame(2, "c");
        wrong[^1] ^= 1;
        Write(file, Frame(0, "a"), Frame(3, "b"), wrong);

        var process = new FakeProcess();
        Assert.Equal(0, await Deadline.Within(process.RunAsync("replay", file.Path, "--speed", "max", "--codec", "text"), "the end"));

        Assert.Equal(
            [
                $$"""{"event":"replaying","file":"{{file.Path}}"}""",
                """{"event":"message","peer":"10.0.0.1:5","sequence":0,"verdict":"in-order","lost":0,"data":"a"}""",
                """{"event":"message","peer":"10.0.0.1:5","sequence":3,"verdict":"gap","lost":2,"data":"b"}""",
                """{"event":"fault","reason":"crc-mismatch","peer":"10.0.0.1:5"}""",
                $$$"""{"event":"summary","datagrams":3,"bytes":{{{Frame(0, "a").Length * 3}}},"delivered":2,"peers":1,"faults":{"crc-mismatch":1},"sequence":{"inOrder":1,"gaps":1,"lost":2,"duplicates":0,"late":0,"restarts":0}}""",
            ],
            process.OutputLines);
    }

    [Theory]
    [InlineData("1", "0 1 3")]
    [InlineData("2", "0 0.5 1.5")]
    [InlineData("max", "0 0 0")]
    public async Task To_an_endpoint_at_the_recorded_times(string speed, string expected)
    {
        using var file = new TemporaryFile();
        Write(file, [1], [2, 2], [3, 3, 3]);
        var scheduler = new TestScheduler();
        var times = new List<double>();
        var transport = new FakeTransport(scheduler)
        {
            OnSend = _ =>
            {
                times.Add(TimeSpan.FromTicks(scheduler.Clock - 1).TotalSeconds);
                return null;
            },
        };
        var process = new FakeProcess(scheduler, transport);

        var running = process.RunAsync("replay", file.Path, "--to", "127.0.0.1:9", "--speed", speed);
        scheduler.AdvanceBy(TimeSpan.FromSeconds(10).Ticks);

        Assert.Equal(0, await Deadline.Within(running, "the end"));
        Assert.Equal(["01", "0202", "030303"], transport.Sent.Select(Convert.ToHexStringLower));
        Assert.Equal(expected, string.Join(' ', times.Select(t => t.ToString(System.Globalization.CultureInfo.InvariantCulture))));
        Assert.Equal("""{"event":"summary","sent":3,"bytes":6,"errors":0}""", Assert.Single(process.OutputLines));
    }

    [Fact]
    public async Task A_signal_ends_it_with_the_summary()
    {
        foreach (var to in new string[][] { [], ["--to", "127.0.0.1:9"] })
        {
            using var file = new TemporaryFile();
            using var stop = new CancellationTokenSource();
            Write(file, [1], [2, 2], [3, 3, 3]);
            var scheduler = new TestScheduler();
            var process = new FakeProcess(scheduler);

            var running = ToolCommand.RunAsync(["replay", file.Path, "--frame", "none", "--codec", "hex", .. to], process.Environment, stop.Token);
            scheduler.AdvanceBy(TimeSpan.FromSeconds(1.5).Ticks);
            await stop.CancelAsync();

            Assert.Equal(0, await Deadline.Within(running, "the end"));
            Assert.StartsWith(
                to.Length == 0 ? """{"event":"summary","datagrams":2,"bytes":3,"delivered":2,""" : """{"event":"summary","sent":2,"bytes":3,"errors":0}""",
                process.OutputLines[^1],
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_that_is_cut_is_one_line_and_2_after_the_summary()
    {
        using var file = new TemporaryFile();
        Write(file, [1], [2]);
        File.WriteAllBytes(file.Path, File.ReadAllBytes(file.Path)[..^3]);
        var length = new FileInfo(file.Path).Length;
        foreach (var to in new string[][] { [], ["--to", "127.0.0.1:9"] })
        {
            var process = new FakeProcess();

            Assert.Equal(ExitCodes.Usage, await Deadline.Within(process.RunAsync(["replay", file.Path, "--speed", "max", "--frame", "none", "--codec", "hex", .. to]), "the end"));

            Assert.Contains(to.Length == 0 ? "\"delivered\":2," : "\"sent\":2,", process.OutputLines[^1], StringComparison.Ordinal);
            var line = Assert.Single(process.Error.ToString().TrimEnd().Split('\n'));
            Assert.StartsWith($"reactivelink: cannot replay '{file.Path}': The capture is truncated at byte {length}: it ends within a block", line, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData]
    [InlineData("--to", "127.0.0.1:9")]
    public async Task A_file_that_is_not_there_is_one_line_and_2(params string[] to)
    {
        var process = new FakeProcess();

        Assert.Equal(ExitCodes.Usage, await Deadline.Within(process.RunAsync(["replay", "/nowhere/at/all.pcap", .. to]), "the end"));

        Assert.StartsWith(
            "reactivelink: cannot replay '/nowhere/at/all.pcap': The capture cannot be opened: ",
            Assert.Single(process.Error.ToString().TrimEnd().Split('\n')),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_chooses()
    {
        using var file = new TemporaryFile();
        Write(file, [1], [2]);
        var process = new FakeProcess();

        await Deadline.Within(process.RunAsync("replay", file.Path, "--to", "127.0.0.1:9", "--port", "1"), "the end");

        Assert.Empty(process.Transport.Sent);
    }

    /// <summary>At 0, 1 and 3 seconds.</summary>
    private static void Write(TemporaryFile file, params byte[][] payloads) => payloads
        .Select((payload, i) => new Datagram(payload, new UdpEndpoint(IPAddress.Parse("10.0.0.1"), 5), Then.AddSeconds(i + (i / 2)), default))
        .ToObservable()
        .WriteCapture(file.Path, new UdpEndpoint(IPAddress.Loopback, 9000))
        .Wait();

    private static byte[] Frame(uint number, string text)
    {
        var frame = new ArrayBufferWriter<byte>();
        FrameFormat.CrcSequenced.Write(number, System.Text.Encoding.UTF8.GetBytes(text), frame);
        return frame.WrittenSpan.ToArray();
    }
}
