using System.Net;
using static ReactiveLink.Testing.NetworkEventKind;

namespace ReactiveLink.Testing.Tests.Network;

/// <summary>Each fault by itself, computed by hand.</summary>
public sealed class VirtualNetworkFaultTests
{
    private static readonly UdpEndpoint ToB = new(IPAddress.Parse("10.0.0.2"), 9000);

    private static TimeSpan Ticks(long ticks) => TimeSpan.FromTicks(ticks);

    [Fact]
    public void Latency_is_exact_and_the_log_tells_it_all()
    {
        var net = new TestNet(new PathConditions { Latency = Ticks(50) });
        var (_, got) = net.Listen(net.B);
        var a = net.A.Listen("*:7000");
        net.SendAt(a, ToB, 100, 120);

        net.Run();

        Assert.Equal([(150, 1), (170, 2)], got);
        Assert.Equal([(Sent, 100L, 1L), (Sent, 120, 2), (Delivered, 150, 1), (Delivered, 170, 2)], net.Log.Values.Select(e => (e.Kind, e.At.Ticks, e.Id)));
        var delivered = net.Log.Values[2];
        Assert.Equal(("a", "b", "10.0.0.1:7000", 1L), (delivered.FromHost, delivered.ToHost, delivered.From!.ToString(), delivered.Ordinal));
        Assert.Equal([1], delivered.Payload.ToArray());
        Assert.Equal("00:00:00.0000150 Delivered #1 (a 10.0.0.1:7000 → b 0.0.0.0:9000, number 1 of its path, 1 bytes)", (delivered with { To = new UdpEndpoint(IPAddress.Any, 9000) }).ToString());
        LedgerAssert.Balances(net.Network.GetStatistics());
    }

    [Fact]
    public void A_path_may_differ_from_its_way_back()
    {
        var net = new TestNet(new PathConditions { Latency = Ticks(10) });
        net.Network.Path("b", "a").Conditions = new PathConditions { Latency = Ticks(300) };
        var (a, gotA) = net.Listen(net.A);
        var (b, gotB) = net.Listen(net.B);
        b.Datagrams.Subscribe(d => b.Send([9], d.Remote));

        net.SendAt(a, ToB, 100);
        net.Run();

        Assert.Equal([(110, 1)], gotB);
        Assert.Equal([(410, 9)], gotA);
    }

    [Fact]
    public void Listed_losses_and_every_nth()
    {
        var net = new TestNet(new PathConditions { Latency = Ticks(1), Loss = LossModel.Exactly(2, 3) });
        net.Network.Path("b", "a").Conditions = new PathConditions { Latency = Ticks(1), Loss = LossModel.EveryNth(2) };
        var (a, gotA) = net.Listen(net.A);
        var (b, gotB) = net.Listen(net.B);

        net.SendAt(a, ToB, 10, 20, 30, 40);
        net.SendAt(b, a.LocalEndpoint.Port == 9000 ? new UdpEndpoint(IPAddress.Parse("10.0.0.1"), 9000) : null, 50, 60, 70, 80);
        net.Run();

        Assert.Equal([(11, 1), (41, 4)], gotB);
        Assert.Equal([(51, 1), (71, 3)], gotA);
        Assert.Equal([(Delivered, 11), (Lost, 20), (Lost, 30), (Delivered, 41), (Delivered, 51), (Lost, 60), (Delivered, 71), (Lost, 80)], net.Fates);
    }

    [Fact]
    public void Duplication_delivers_twice()
    {
        var net = new TestNet(new PathConditions { Latency = Ticks(5), Duplication = 1 });
        var (_, got) = net.Listen(net.B);

        net.SendAt(net.A.Listen("*:0"), ToB, 10);
        net.Run();

        Assert.Equal([(15, 1), (15, 1)], got);
        Assert.Equal([(Duplicated, 10), (Delivered, 15), (Delivered, 15)], net.Fates);
        Assert.Equal((1, 2, 0), (net.Network.GetStatistics().Sent, net.Network.GetStatistics().Copies, net.Network.GetStatistics().Unexplained));
    }

    [Fact]
    public void What_is_held_back_is_overtaken()
    {
        var net = new TestNet();
        var path = net.Network.Path("a", "b");
        path.Conditions = new PathConditions { Latency = Ticks(10), Reordering = 1, ReorderingDelay = Ticks(100), KeepOrder = true };
        var (_, got) = net.Listen(net.B);
        net.At(150, () => path.Conditions = path.Conditions with { Reordering = 0 });

        net.SendAt(net.A.Listen("*:0"), ToB, 100, 160);
        net.Run();

        Assert.Equal([(170, 2), (210, 1)], got);
        Assert.Equal([(HeldBack, 100), (Delivered, 170), (Delivered, 210), (Reordered, 210)], net.Fates);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Jitter_reorders_unless_the_order_is_kept(bool keepOrder)
    {
        var jitter = new Queue<long>([70, 10, 0]);
        var net = new TestNet(new PathConditions { Latency = Ticks(20), Jitter = Distribution.From(_ => Ticks(jitter.Dequeue())), KeepOrder = keepOrder });
        var (_, got) = net.Listen(net.B);

        net.SendAt(net.A.Listen("*:0"), ToB, 100, 110, 200);
        net.Run();

        Assert.Equal(keepOrder ? [(190, 1), (190, 2), (220, 3)] : [(140, 2), (190, 1), (220, 3)], got);
        Assert.Equal(keepOrder ? 0 : 1, net.Fates.Count(f => f.Kind == Reordered));
    }

    [Fact]
    public void Corruption_flips_as_many_bits_as_it_says()
    {
        var net = new TestNet(new PathConditions { Latency = Ticks(1), Corruption = 1, CorruptedBits = 5 });
        var b = net.B.Listen("*:9000");
        var got = new List<byte[]>();
        b.Datagrams.Subscribe(d => got.Add(d.ToArray()));
        b.Start();
        var a = net.A.Listen("*:0");
        for (var i = 0; i < 50; i++)
        {
            net.At(100 + i, () => a.Send(new byte[8], ToB));
        }

        net.At(200, () => a.Send([], ToB));
        net.Run();

        Assert.All(got.Take(50), payload => Assert.Equal(5, payload.Sum(value => System.Numerics.BitOperations.PopCount(value))));
        Assert.True(got.Take(50).Select(Convert.ToHexString).Distinct().Count() > 40);
        Assert.Empty(got[50]);
        Assert.Equal(50, net.Network.GetStatistics().CountOf(Corrupted));
        Assert.Equal(got[0], net.Log.Values.First(e => e.Kind == Corrupted).Payload.ToArray());
    }

    [Fact]
    public void Truncation_cuts_to_a_shorter_length()
    {
        var net = new TestNet(new PathConditions { Latency = Ticks(1), Truncation = 1 });
        var b = net.B.Listen("*:9000");
        var got = new List<byte[]>();
        b.Datagrams.Subscribe(d => got.Add(d.ToArray()));
        b.Start();
        byte[] payload = [1, 2, 3, 4, 5, 6, 7, 8];
        var a = net.A.Listen("*:0");
        for (var i = 0; i < 100; i++)
        {
            net.At(100 + i, () => a.Send(payload, ToB));
        }

        net.Run();

        Assert.All(got, cut => Assert.Equal(payload[..cut.Length], cut));
        Assert.Equal(Enumerable.Range(0, 8), got.Select(cut => cut.Length).Distinct().Order());
        Assert.Equal(100, net.Network.GetStatistics().CountOf(Truncated));
    }

    [Fact]
    public void Bandwidth_and_a_full_queue()
    {
        // A byte a tick, 28 of them for the headers.
        var net = new TestNet(new PathConditions { Latency = Ticks(10), Bandwidth = 80_000_000, QueueBytes = 100 });
        var (_, got) = net.Listen(net.B);
        var a = net.A.Listen("*:0");
        for (byte i = 1; i <= 3; i++)
        {
            var number = i;
            net.At(1000, () => a.Send(TestNet.Bytes(72, number), ToB));
        }

        // The second leaves the queue for the transmitter at this tick.
        net.At(1100, () => a.Send(TestNet.Bytes(72, 4), ToB));
        net.Run();

        Assert.Equal([(1110, 1), (1210, 2), (1310, 4)], got);
        Assert.Equal([(TailDropped, 1000), (Delivered, 1110), (Delivered, 1210), (Delivered, 1310)], net.Fates);
    }

    [Fact]
    public void A_transmitter_rounds_up_and_is_free_when_the_last_bit_has_left()
    {
        var transmitter = new Transmitter();
        var conditions = new PathConditions { Bandwidth = 3 * TimeSpan.TicksPerSecond, QueueBytes = 0 };

        Assert.True(transmitter.TrySend(100, 10, conditions, out var first));
        Assert.Equal(100 + 27, first);
        Assert.False(transmitter.TrySend(126, 10, conditions, out _));
        Assert.True(transmitter.TrySend(127, 10, conditions, out var second));
        Assert.Equal(127 + 27, second);
    }

    [Theory]
    [InlineData("10.0.0.2", 1472)]
    [InlineData("2001:db8::2", 1452)]
    public void Larger_than_the_MTU_is_a_send_error(string address, int largest)
    {
        var net = new TestNet(new PathConditions { Latency = Ticks(1), Mtu = 1500 });
        var a = net.A.Listen("*:0");
        var faults = a.Faults.Record(net.Scheduler);
        var to = new UdpEndpoint(IPAddress.Parse(address), 9000);

        a.Send(new byte[largest], to);
        var error = Assert.Throws<DatagramSendException>(() => a.Send(new byte[largest + 1], to));

        Assert.Equal(System.Net.Sockets.SocketError.MessageSize, error.SocketError);
        Assert.Equal(FaultReason.SocketError, error.Reason);
        Assert.Empty(faults.Values);
        net.Run();
        Assert.Equal([(FaultReason.SocketError, "send")], faults.Values.Select(f => (f.Reason, f.Detail!)));
        Assert.Equal((1, 1), (a.GetStatistics().DatagramsSent, a.GetStatistics().SendErrors));
        Assert.Equal(1, net.Network.GetStatistics().CountOf(TooBig));
        Assert.Equal(1, net.Network.GetStatistics().Sent);
    }

    [Fact]
    public void A_partition_is_one_way_and_takes_what_is_on_its_way()
    {
        var net = new TestNet(new PathConditions { Latency = Ticks(50) });
        var (a, gotA) = net.Listen(net.A);
        var (b, gotB) = net.Listen(net.B);
        var path = net.Network.Path("a", "b");
        net.At(200, () => path.IsDown = true);
        net.At(300, () => path.IsDown = false);
        var toA = new UdpEndpoint(IPAddress.Parse("10.0.0.1"), 9000);

        net.SendAt(a, ToB, 100, 160, 210, 260, 310);
        net.SendAt(b, toA, 220);
        net.Run();

        Assert.Equal([(150, 1), (360, 5)], gotB);
        Assert.Equal([(270, 1)], gotA);
        Assert.Equal(
            [(Delivered, 150), (PathTakenDown, 200), (NetworkEventKind.PathDown, 210), (NetworkEventKind.PathDown, 210), (NetworkEventKind.PathDown, 260), (Delivered, 270), (PathBroughtUp, 300), (Delivered, 360)],
            net.Fates);
    }

    [Fact]
    public void Flaps_follow_their_pattern()
    {
        var net = new TestNet(new PathConditions { Latency = Ticks(1), Flaps = new Flaps(Ticks(100), Ticks(50)) });
        var (_, got) = net.Listen(net.B);

        net.SendAt(net.A.Listen("*:0"), ToB, 98, 99, 100, 149, 150, 248, 249, 250, 300);
        net.Run();

        // 99 would arrive at 100, when it is down.
        Assert.Equal([(99, 1), (151, 5), (249, 6), (301, 9)], got);
    }
}
