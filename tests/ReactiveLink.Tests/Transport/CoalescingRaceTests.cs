using System.Net;

namespace ReactiveLink.Tests.Transport;

/// <summary>A receiver of coalesced pieces that is closed, or loses its socket, in the midst of them.</summary>
[Needs(Capability.Linux)]
public sealed class CoalescingRaceTests
{
    private const int Segment = 100;

    /// <summary>Sends pieces of 20, each datagram full of one byte, until stopped.</summary>
    private static Task Flood(int port, CancellationToken stop) => Task.Factory.StartNew(
        () =>
        {
            using var sender = Transports.Plain();
            var to = new UdpEndpoint(IPAddress.Loopback, port);
            var piece = new byte[20 * Segment];
            for (byte mark = 0; !stop.IsCancellationRequested; mark += 20)
            {
                for (var i = 0; i < 20; i++)
                {
                    piece.AsSpan(i * Segment, Segment).Fill((byte)(mark + i));
                }

                sender.SendSegments(piece, Segment, to);
            }
        },
        TaskCreationOptions.LongRunning);

    /// <summary>Counts what comes, and what of it is not as it was sent.</summary>
    private sealed class Checker(Action<long>? onEach = null) : IObserver<Datagram>
    {
        private int _inside;

        public ManualResetEventSlim Ended { get; } = new();

        public long Count { get; private set; }

        public long Wrong { get; private set; }

        public void OnNext(Datagram value)
        {
            var bytes = value.Payload.Span;
            Wrong += Interlocked.Exchange(ref _inside, 1) == 0 && !Ended.IsSet && bytes.Length == Segment && bytes.IndexOfAnyExcept(bytes[0]) < 0 ? 0 : 1;
            Count++;
            onEach?.Invoke(Count);
            Wrong += bytes.IndexOfAnyExcept(bytes[0]) < 0 ? 0 : 1;
            Volatile.Write(ref _inside, 0);
        }

        public void OnError(Exception error) => Ended.Set();

        public void OnCompleted() => Ended.Set();
    }

    [CapableTheory]
    [InlineData(PayloadMemory.Kept, true)]
    [InlineData(PayloadMemory.Kept, false)]
    [InlineData(PayloadMemory.BorrowedAndPoisoned, true)]
    [InlineData(PayloadMemory.BorrowedAndPoisoned, false)]
    public async Task Dispose_among_pieces_ends_once_with_a_balanced_account(PayloadMemory memory, bool fromCallback)
    {
        for (var round = 1; round <= 15; round++)
        {
            using var stop = new CancellationTokenSource();
            var transport = UdpTransport.Listen("127.0.0.1:0", o => o with { PayloadMemory = memory });
            using var due = new ManualResetEventSlim();
            var limit = round * 37;
            var checker = new Checker(count =>
            {
                if (count == limit)
                {
                    due.Set();
                    if (fromCallback)
                    {
                        transport.Dispose();
                    }
                }
            });
            transport.Datagrams.Subscribe(checker);
            transport.Start();
            var floods = new[] { Flood(transport.LocalEndpoint.Port, stop.Token), Flood(transport.LocalEndpoint.Port, stop.Token) };
            Eventually.Signalled(due.WaitHandle, "enough datagrams");

            await transport.DisposeAsync();
            Eventually.Signalled(checker.Ended.WaitHandle, "the end");
            await stop.CancelAsync();
            await Task.WhenAll(floods).WaitAsync(Recorder<int>.Deadline);

            var ledger = transport.GetStatistics().Ledger;
            Assert.Equal((0, checker.Count, 0), (checker.Wrong, ledger.Delivered, ledger.Unexplained));
            Assert.True(!fromCallback || checker.Count == limit);
        }
    }

    [CapableTheory]
    [InlineData(PayloadMemory.Kept)]
    [InlineData(PayloadMemory.BorrowedAndPoisoned)]
    public async Task A_socket_lost_among_pieces_is_bound_again_and_the_account_stays_balanced(PayloadMemory memory)
    {
        const int Losses = 10;
        using var stop = new CancellationTokenSource();
        using var transport = UdpTransport.Listen(
            "127.0.0.1:" + Ports.Free(), o => o with { PayloadMemory = memory, RebindDelay = TimeSpan.FromMilliseconds(1), MaximumRebindDelay = TimeSpan.FromMilliseconds(1) });
        var states = Transports.Record(transport.State);
        var checker = new Checker();
        transport.Datagrams.Subscribe(checker);
        transport.Start();
        var flood = Flood(transport.LocalEndpoint.Port, stop.Token);

        for (var loss = 0; loss < Losses; loss++)
        {
            var before = transport.GetStatistics().Ledger.Delivered;
            Eventually.True(() => transport.GetStatistics().Ledger.Delivered > before + 100, "traffic on the new socket");
            Descriptors.ShutDown(transport.LocalEndpoint.Port);
            states.WaitForCount(3 + (2 * loss));
        }

        await stop.CancelAsync();
        await flood.WaitAsync(Recorder<int>.Deadline);
        await transport.DisposeAsync();
        Eventually.Signalled(checker.Ended.WaitHandle, "the end");

        var statistics = transport.GetStatistics();
        Assert.Equal((0, checker.Count, 0), (checker.Wrong, statistics.Ledger.Delivered, statistics.Ledger.Unexplained));
        Assert.Equal(Losses, statistics.Rebinds);
        states.AssertGrammar();
    }

    [CapableTheory]
    [InlineData(PayloadMemory.Kept)]
    [InlineData(PayloadMemory.Borrowed)]
    public void Datagrams_of_a_piece_that_are_too_large_are_dropped_one_by_one(PayloadMemory memory)
    {
        using var transport = UdpTransport.Listen("127.0.0.1:0", o => o with { MaximumDatagramSize = 100, PayloadMemory = memory });
        using var sender = Transports.Plain();
        var contents = new List<byte[]>();
        var datagrams = Transports.Record(transport.Datagrams, d => contents.Add(d.ToArray()));
        var faults = Transports.Record(transport.Faults);
        transport.Start();
        var bytes = Transports.Random(950, 1);

        // 300, 300, 300, 50; then 300, 300, 300; then 101 and 100; then five of 100.
        sender.SendSegments(bytes, 300, transport.LocalEndpoint);
        sender.SendSegments(bytes[..900], 300, transport.LocalEndpoint);
        sender.SendSegments(bytes[..201], 101, transport.LocalEndpoint);
        sender.SendSegments(bytes[..500], 100, transport.LocalEndpoint);

        datagrams.WaitForCount(7);
        faults.WaitForCount(7);
        transport.Dispose();
        datagrams.WaitForEnd();
        Assert.Equal([50, 100, 100, 100, 100, 100, 100], contents.Select(c => c.Length));
        Assert.Equal([.. bytes[900..], .. bytes[101..201], .. bytes[..500]], contents.SelectMany(c => c));
        Assert.All(faults.Values, f => Assert.Equal((FaultReason.Truncated, 1, UdpEndpoint.From((IPEndPoint)sender.LocalEndPoint!)), (f.Reason, f.Count, f.Peer!)));
        var ledger = transport.GetStatistics().Ledger;
        Assert.Equal((14, 7, 7, 0), (ledger.Received, ledger.Delivered, ledger.Dropped[FaultReason.Truncated], ledger.Unexplained));
    }

    [CapableTheory]
    [Needs(Capability.IPv6)]
    [InlineData(777, 7 * 11)]
    [InlineData(1001, 333)]
    [InlineData(64, 1)]
    [InlineData(65, 64)]
    [InlineData(65_507, 1472)]
    public void Odd_sizes_of_both_families_on_one_socket(int length, int segment)
    {
        using var transport = UdpTransport.Listen("[::]:0", o => o with { PayloadMemory = PayloadMemory.BorrowedAndPoisoned });
        var contents = new List<byte[]>();
        var datagrams = Transports.Record(transport.Datagrams, d => contents.Add(d.ToArray()));
        transport.Start();
        var expected = 0;

        foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback, IPAddress.Loopback })
        {
            using var sender = Transports.Plain(address);
            var bytes = Transports.Random(length, segment);
            sender.SendSegments(bytes, segment, new UdpEndpoint(address, transport.LocalEndpoint.Port));
            var first = expected;
            expected += (length + segment - 1) / segment;

            datagrams.WaitForCount(expected);
            Eventually.True(() => transport.GetStatistics().Ledger.Delivered == expected, "all were delivered");
            Assert.All(datagrams.Values[first..], d => Assert.Equal(UdpEndpoint.From((IPEndPoint)sender.LocalEndPoint!), d.Remote));
            Assert.All(datagrams.Values[first..], d => Assert.Equal(address.AddressFamily, d.Remote.AddressFamily));
            transport.Send([1], datagrams.Values[^1].Remote);
            sender.ReceiveTimeout = (int)Recorder<int>.Deadline.TotalMilliseconds;
            Assert.Equal(1, sender.Receive(new byte[8]));
        }

        transport.Dispose();
        datagrams.WaitForEnd();
        Assert.Equal(Enumerable.Repeat(Transports.Random(length, segment), 3).SelectMany(b => b), contents.SelectMany(c => c));
    }

    [CapableTheory]
    [InlineData(PayloadMemory.Kept)]
    [InlineData(PayloadMemory.BorrowedAndPoisoned)]
    public void Empty_and_largest_datagrams_keep_their_place_among_pieces(PayloadMemory memory)
    {
        using var transport = UdpTransport.Listen("127.0.0.1:0", o => o with { PayloadMemory = memory });
        using var sender = Transports.Plain();
        var contents = new List<byte[]>();
        var datagrams = Transports.Record(transport.Datagrams, d => contents.Add(d.ToArray()));
        var largest = Transports.Random(65_507, 1);
        var piece = Transports.Random(250, 2);
        var to = transport.LocalEndpoint;

        // All before the first read: they come in one batch.
        sender.SendTo(ReadOnlySpan<byte>.Empty, to.ToIPEndPoint());
        sender.SendSegments(piece, 100, to);
        sender.SendTo(largest, to.ToIPEndPoint());
        sender.SendTo(ReadOnlySpan<byte>.Empty, to.ToIPEndPoint());
        sender.SendSegments(piece, 100, to);
        transport.Start();

        datagrams.WaitForCount(9);
        transport.Dispose();
        datagrams.WaitForEnd();
        byte[][] split = [piece[..100], piece[100..200], piece[200..]];
        Assert.Equal([[], .. split, largest, [], .. split], contents);
        Assert.Equal((9, 0), (transport.GetStatistics().Ledger.Delivered, transport.GetStatistics().Ledger.Unexplained));
    }
}
