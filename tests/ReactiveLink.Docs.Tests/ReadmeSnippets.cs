using System.Buffers.Binary;
using System.Reactive.Linq;
using System.Text;

namespace ReactiveLink.Docs.Tests;

/// <summary>The README's examples, each run once on loopback.</summary>
public sealed class ReadmeSnippets
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Listen()
    {
        var lines = new List<string>();
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Print(string line)
        {
            lines.Add(line);
            first.TrySetResult();
        }

        var port = FreePort.Next();

        #region listen
        IObservable<Datagram> datagrams = Udp.Listen($"127.0.0.1:{port}");

        using var subscription = datagrams
            .Where(datagram => datagram.Payload.Length > 0)
            .Select(datagram => $"{datagram.Remote}: {Encoding.UTF8.GetString(datagram.Payload.Span)}")
            .Subscribe(Print);
        #endregion

        await SendAsync(port, "hello"u8.ToArray());
        await first.Task.WaitAsync(Deadline);
        Assert.EndsWith(": hello", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Foreign_protocol()
    {
        var seen = new List<Sequenced<RtpPacket>>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Play(Sequenced<RtpPacket> packet)
        {
            seen.Add(packet);
            if (seen.Count == 3)
            {
                done.TrySetResult();
            }
        }

        void Report(Fault fault) => Assert.Fail(fault.ToString());
        var port = FreePort.Next();

        #region foreign
        using var camera = Udp.Listen($"127.0.0.1:{port}")
            .Parse<RtpPacket>(Rtp.TryParse, faults: System.Reactive.Observer.Create<Fault>(Report))
            .TrackSequence(packet => packet.Ssrc, packet => packet.SequenceNumber, SequenceSpace.UInt16)
            .Resequence(depth: 64, patience: TimeSpan.FromMilliseconds(40))
            .Subscribe(Play);
        #endregion

        await SendAsync(port, Rtp.Make(65_535), Rtp.Make(1), Rtp.Make(0));
        await done.Task.WaitAsync(Deadline);
        Assert.Equal([65_535, 0, 1], seen.Select(packet => (int)packet.Sequence));
    }

    [Fact]
    public async Task Both_ends()
    {
        var got = new TaskCompletionSource<Attitude>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Show(Message<Attitude> message) => got.TrySetResult(message.Data);

        #region both-ends
        await using var ground = UdpLink.Open("127.0.0.1:0");
        using var attitudes = ground.Messages
            .OfMessageType(MessageType.Data)
            .DataAs<Attitude>()
            .Subscribe(Show);

        await using var drone = UdpLink.Connect(ground.LocalEndpoint.ToString(), options => options with { Source = "drone" });
        await drone.SendAsync(new Attitude(Roll: 1.5, Pitch: -0.2), Priority.High);
        #endregion

        Assert.Equal(new Attitude(1.5, -0.2), await got.Task.WaitAsync(Deadline));
    }

    [Fact]
    public async Task Handlers()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var motor = new Motor(done);

        await using var link = UdpLink.Open("127.0.0.1:0");

        #region handlers
        using var commands = link.Handle(
            MessageType.Command,
            async (message, cancel) => await motor.ApplyAsync(message.DataAsText(), cancel),
            new RouteOptions { Concurrency = 1, Timeout = TimeSpan.FromSeconds(1), Overflow = OverflowPolicy.DropOldest });

        using var faults = link.Faults
            .Where(fault => fault.Reason is FaultReason.HandlerFailed or FaultReason.HandlerTimeout or FaultReason.QueueFull)
            .Subscribe(fault => Console.WriteLine(fault));
        #endregion

        await using var sender = UdpLink.Connect(link.LocalEndpoint.ToString());
        await sender.SendAsync("stop", Priority.Critical, MessageType.Command);
        await done.Task.WaitAsync(Deadline);
        Assert.Equal("\"stop\"", motor.Last);
    }

    [Fact]
    public async Task Health()
    {
        var lines = new List<string>();
        await using var link = UdpLink.Open("127.0.0.1:0");

        #region health
        using var health = link.Statistics
            .Buffer(2, 1)
            .Where(pair => pair.Count == 2)
            .Select(pair => new
            {
                PerSecond = pair[1].Ledger.Received - pair[0].Ledger.Received,
                Lost = pair[1].Sequence.Lost - pair[0].Sequence.Lost,
                pair[1].State,
            })
            .Subscribe(now => lines.Add($"{now.State}: {now.PerSecond}/s, {now.Lost} lost"));
        #endregion

        await link.DisposeAsync();
        Assert.Equal("Closed: 0/s, 0 lost", lines[^1]);
    }

    private static async Task SendAsync(int port, params byte[][] datagrams)
    {
        using var client = new System.Net.Sockets.UdpClient();
        foreach (var datagram in datagrams)
        {
            await client.SendAsync(datagram, new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, port));
        }
    }

    private sealed record Attitude(double Roll, double Pitch);

    private sealed class Motor(TaskCompletionSource done) : IAsyncDisposable
    {
        public string? Last { get; private set; }

        public async Task ApplyAsync(string command, CancellationToken cancel)
        {
            await Task.Yield();
            cancel.ThrowIfCancellationRequested();
            Last = command;
            done.TrySetResult();
        }

        public ValueTask DisposeAsync() => default;
    }

    private readonly record struct RtpPacket(uint Ssrc, ushort SequenceNumber);

    private static class Rtp
    {
        public static bool TryParse(ReadOnlySpan<byte> payload, out RtpPacket packet)
        {
            packet = default;
            if (payload.Length < 12 || payload[0] >> 6 != 2)
            {
                return false;
            }

            packet = new RtpPacket(BinaryPrimitives.ReadUInt32BigEndian(payload[8..]), BinaryPrimitives.ReadUInt16BigEndian(payload[2..]));
            return true;
        }

        public static byte[] Make(ushort sequence)
        {
            var packet = new byte[12];
            packet[0] = 0x80;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), sequence);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), 7);
            return packet;
        }
    }
}
