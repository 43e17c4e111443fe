using System.Net.Sockets;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using ReactiveLink.Transport;

namespace ReactiveLink.Tests.Transport;

/// <summary>Payloads that are their subscribers' only during OnNext.</summary>
public sealed class BorrowedPayloadTests
{
    private static UdpTransport Listen(SocketEngine engine, PayloadMemory memory) =>
        UdpTransport.Listen("127.0.0.1:0", o => o with { Engine = engine, PayloadMemory = memory });

    /// <summary>Segments reach the automatic engine in one piece on Linux; elsewhere single datagrams do as well.</summary>
    private static void SendTen(Socket sender, byte[] bytes, UdpEndpoint to)
    {
        if (OperatingSystem.IsLinux())
        {
            sender.SendSegments(bytes, bytes.Length / 10, to);
            return;
        }

        foreach (var chunk in bytes.Chunk(bytes.Length / 10))
        {
            sender.SendTo(chunk, to.ToIPEndPoint());
        }
    }

    [Theory]
    [InlineData(SocketEngine.Automatic, PayloadMemory.Borrowed)]
    [InlineData(SocketEngine.Automatic, PayloadMemory.BorrowedAndPoisoned)]
    [InlineData(SocketEngine.Portable, PayloadMemory.Borrowed)]
    [InlineData(SocketEngine.Portable, PayloadMemory.BorrowedAndPoisoned)]
    public void During_OnNext_the_bytes_are_right_and_a_copy_stays_right(SocketEngine engine, PayloadMemory memory)
    {
        using var transport = Listen(engine, memory);
        using var sender = Transports.Plain();
        var copies = new List<byte[]>();
        var datagrams = Transports.Record(transport.Datagrams, d => copies.Add(d.ToArray()));
        transport.Start();
        var sent = Enumerable.Range(1, 20).Select(i => Transports.Random(100 * i, i)).ToList();

        sent.ForEach(bytes => SendTen(sender, bytes, transport.LocalEndpoint));

        datagrams.WaitForCount(200);
        transport.Dispose();
        datagrams.WaitForEnd();
        Assert.True(transport.LendsPayloads);
        Assert.Equal(sent.SelectMany(b => b), copies.SelectMany(c => c));
    }

    [Theory]
    [InlineData(SocketEngine.Automatic)]
    [InlineData(SocketEngine.Portable)]
    public void What_is_kept_against_the_promise_is_poisoned_once_OnNext_has_returned(SocketEngine engine)
    {
        using var transport = Listen(engine, PayloadMemory.BorrowedAndPoisoned);
        using var sender = Transports.Plain();
        var seen = new List<bool>();
        ReadOnlyMemory<byte> before = default;
        var datagrams = Transports.Record(transport.Datagrams, d =>
        {
            seen.Add(before.Span.IndexOfAnyExcept(ReceiveLoop.Poison) < 0);
            before = d.Payload;
        });
        transport.Start();

        // A piece of ten: each must be overwritten before the next is seen.
        SendTen(sender, new byte[1000], transport.LocalEndpoint);
        datagrams.WaitForCount(10);
        transport.Dispose();
        datagrams.WaitForEnd();
        Assert.All(engine == SocketEngine.Automatic && OperatingSystem.IsLinux() ? seen : seen[..1], Assert.True);
        Assert.Equal(100, before.Length);
        Assert.Equal(-1, before.Span.IndexOfAnyExcept(ReceiveLoop.Poison));
    }

    [Theory]
    [InlineData(SocketEngine.Automatic)]
    [InlineData(SocketEngine.Portable)]
    public void Borrowed_datagrams_allocate_nothing(SocketEngine engine)
    {
        // A clock that stands still, so that no timer of the transport's comes between.
        using var transport = UdpTransport.Listen(
            "127.0.0.1:0", o => o with { Engine = engine, PayloadMemory = PayloadMemory.Borrowed, Scheduler = new HistoricalScheduler() });
        using var sender = Transports.Plain();
        long before = 0, least = long.MaxValue, count = 0;
        using var batchSeen = new AutoResetEvent(initialState: false);
        transport.Datagrams.Subscribe(d =>
        {
            // The least of eight stretches: a collection meanwhile counts what was left of the thread's buffer as allocated.
            if (count % 500 == 0)
            {
                long allocated = GC.GetAllocatedBytesForCurrentThread();
                least = count > 1000 ? Math.Min(least, allocated - before) : least;
                before = allocated;
            }

            if (++count % 10 == 0)
            {
                batchSeen.Set();
            }
        });
        transport.Start();

        for (var i = 0; i < 500; i++)
        {
            SendTen(sender, new byte[640], transport.LocalEndpoint);
            Eventually.Signalled(batchSeen, "ten datagrams");
        }

        transport.Dispose();

        Assert.Equal(5000, count);
        Assert.Equal(0, least);
    }

    [Fact]
    public void Kept_is_the_default_and_does_not_lend()
    {
        using var transport = UdpTransport.Listen("127.0.0.1:0");

        Assert.False(transport.LendsPayloads);
        Assert.Equal(PayloadMemory.Kept, new UdpTransportOptions().PayloadMemory);
        Assert.Contains(
            "PayloadMemory must be a member of PayloadMemory.",
            Assert.Throws<ArgumentException>(() => UdpTransport.Listen(":0", o => o with { PayloadMemory = (PayloadMemory)9 })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handlers_and_ReceiveAsync_of_a_borrowing_link_get_memory_of_their_own()
    {
        await using var link = UdpLink.Open(
            "127.0.0.1:0",
            o => o with { Codec = MessageCodecs.Text, Transport = o.Transport with { PayloadMemory = PayloadMemory.BorrowedAndPoisoned } });
        await using var client = UdpLink.Connect(link.LocalEndpoint.ToString(), o => o with { Codec = MessageCodecs.Text });
        var handled = new List<Message>();
        using var all = new ManualResetEventSlim();
        using var handler = link.Handle(_ => true, message =>
        {
            handled.Add(message);
            if (handled.Count == 50)
            {
                all.Set();
            }
        }, new RouteOptions { Concurrency = 1 });
        var received = link.ReceiveAsync(Recorder<int>.Deadline);

        for (var i = 0; i < 50; i++)
        {
            await client.SendAsync("message " + i);
        }

        Eventually.Signalled(all.WaitHandle, "50 messages");
        Assert.Equal("message 0", (await received)!.DataAsText());
        Assert.Equal(Enumerable.Range(0, 50).Select(i => "message " + i), handled.Select(m => m.DataAsText()));
    }

    [Fact]
    public async Task Streams_of_a_borrowing_link_are_borrowed_and_a_handler_that_comes_meanwhile_waits_for_the_next()
    {
        await using var link = UdpLink.Open(
            "127.0.0.1:0",
            o => o with { Codec = MessageCodecs.Text, Transport = o.Transport with { PayloadMemory = PayloadMemory.BorrowedAndPoisoned } });
        await using var client = UdpLink.Connect(link.LocalEndpoint.ToString(), o => o with { Codec = MessageCodecs.Text });
        var texts = new List<string>();
        ReadOnlyMemory<byte> kept = default;
        var handled = new Recorder<string>();
        IDisposable? handler = null;
        var messages = new Recorder<Message>(message =>
        {
            texts.Add(message.DataAsText());
            kept = kept.IsEmpty ? message.Data : kept;
            handler ??= link.Handle(_ => true, later => handled.OnNext(later.DataAsText()), new RouteOptions { Concurrency = 1 });
        });
        link.Messages.Subscribe(messages);

        await client.SendAsync("first");
        messages.WaitForCount(1);
        await client.SendAsync("second");

        messages.WaitForCount(2);
        handled.WaitForCount(1);
        Assert.Equal(["first", "second"], texts);
        Assert.Equal(["second"], handled.Values);

        // The second was received where the first had been; its observers may not have returned yet.
        Eventually.True(() => kept.Span.IndexOfAnyExcept(ReceiveLoop.Poison) < 0, "what was lent is poisoned");
        handler!.Dispose();
    }

    [Fact]
    public void Resequence_copies_what_it_holds_of_lent_datagrams_and_frames()
    {
        var source = new System.Reactive.Subjects.Subject<Datagram>();
        var output = new List<(byte Mark, bool IsLent)>();
        var frames = new List<byte>();
        var time = new HistoricalScheduler();
        var numbered = source.TrackSequence(d => d.Remote, d => d.Payload.Span[0], SequenceSpace.UInt8);
        using var one = numbered.Resequence(8, TimeSpan.FromSeconds(1), time).Subscribe(s => output.Add((s.Value.Payload.Span[1], s.Value.IsLent)));
        using var two = numbered.Select(s => s with { Value = s.Value }).Select(s => new Sequenced<Frame>(
            new Frame(s.Value, s.Value.Payload[1..], sequence: null), s.Sequence, s.Verdict, s.Peer))
            .Resequence(8, TimeSpan.FromSeconds(1), time).Subscribe(s => frames.Add(s.Value.Payload.Span[0]));

        foreach (var number in new byte[] { 1, 3, 4, 2 })
        {
            byte[] lent = [number, (byte)(10 * number)];
            source.OnNext(new Datagram(lent, ScriptedSocket.Peer, DateTimeOffset.UnixEpoch, TimeSpan.Zero, isLent: true));
            lent.AsSpan().Fill(ReceiveLoop.Poison);
        }

        Assert.Equal([(10, true), (20, true), (30, false), (40, false)], output);
        Assert.Equal([10, 20, 30, 40], frames);
    }
}
