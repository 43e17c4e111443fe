using System.Net;
using System.Net.Sockets;
using System.Reactive.Linq;
using System.Text.Json.Nodes;
using Microsoft.Reactive.Testing;
using ReactiveLink.Testing;
using ReactiveLink.Tool.Tests.Processes;

namespace ReactiveLink.Tool.Tests.Recording;

/// <summary>Real processes on loopback: what was recorded comes again, byte for byte and gap for gap.</summary>
public sealed class RecordAndReplayTests
{
    [UnixFact]
    public async Task Recorded_loopback_traffic_is_replayed_byte_for_byte()
    {
        using var file = new TemporaryFile();
        await using var recording = ToolProcess.Start("record", "127.0.0.1:0", "--out", file.Path, "--count", "50");
        var endpoint = Json(await recording.ReadLineAsync())["endpoint"]!.GetValue<string>();
        var sent = Enumerable.Range(0, 50).Select(n => Enumerable.Range(0, n * 29).Select(i => (byte)(i + n)).ToArray()).ToArray();
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        sender.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        foreach (var payload in sent)
        {
            sender.SendTo(payload, IPEndPoint.Parse(endpoint));
        }

        Assert.Equal($$$"""{"event":"summary","datagrams":50,"bytes":{{{sent.Sum(p => p.Length)}}},"faults":{}}""", await recording.ReadLineAsync());
        Assert.Equal((0, ""), await recording.WaitAsync());

        var recorded = CaptureFile.Read(file.Path).ToList().Wait();
        Assert.Equal(sent.Select(Convert.ToHexString), recorded.Select(d => Convert.ToHexString(d.Payload.Span)));
        Assert.All(recorded, d => Assert.Equal(sender.LocalEndPoint!.ToString(), d.Remote.ToString()));

        // As it was, to a socket of the test's.
        using var receiver = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = (int)Deadline.Time.TotalMilliseconds };
        receiver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var replaying = ToolProcess.Start("replay", file.Path, "--to", receiver.LocalEndPoint!.ToString()!);
        var buffer = new byte[65536];
        foreach (var payload in sent)
        {
            Assert.Equal(Convert.ToHexString(payload), Convert.ToHexString(buffer.AsSpan(0, receiver.Receive(buffer))));
        }

        Assert.Equal($$"""{"event":"summary","sent":50,"bytes":{{sent.Sum(p => p.Length)}},"errors":0}""", await replaying.ReadLineAsync());
        Assert.Equal((0, ""), await replaying.WaitAsync());

        // The gaps, exactly, by a clock that can be read exactly.
        var scheduler = new TestScheduler();
        var times = new List<long>();
        var transport = new FakeTransport(scheduler)
        {
            OnSend = _ =>
            {
                times.Add(scheduler.Clock);
                return null;
            },
        };
        var process = new FakeProcess(scheduler, transport);
        var running = process.RunAsync("replay", file.Path, "--to", "127.0.0.1:9");
        scheduler.AdvanceBy(TimeSpan.FromMinutes(10).Ticks);
        Assert.Equal(0, await Deadline.Within(running, "the end"));
        Assert.Equal(recorded.Select(d => d.Elapsed.Ticks), times.Select(t => t - times[0]));
    }

    private static JsonNode Json(string? line) => JsonNode.Parse(line!)!;
}
