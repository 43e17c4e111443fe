using System.Buffers.Binary;
using System.Reactive.Linq;

namespace ReactiveLink.Testing.Tests.Network;

/// <summary>Whole links over the network: what sequencing says is what the network did.</summary>
public sealed class VirtualNetworkLinkTests
{
    private static readonly LinkOptions Options = new() { Codec = MessageCodecs.Bytes };

    private static PathConditions Conditions(LossModel? loss, double duplication = 0, double corruption = 0, double reordering = 0) => new()
    {
        Latency = TimeSpan.FromMilliseconds(20),
        Loss = loss,
        Duplication = duplication,
        Corruption = corruption,
        Reordering = reordering,
        ReorderingDelay = TimeSpan.FromMilliseconds(35),
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Verdicts_are_those_of_the_log(int seed)
    {
        var net = new TestNet(Conditions(LossModel.Burst(0.02, 0.3), duplication: 0.05, corruption: 0.05, reordering: 0.05), (ulong)seed);
        var ground = UdpLink.Over(net.B.Listen("*:9000"), Options);
        var grammar = ground.Frames.ValidateSynchronization().Record(net.Scheduler);
        var drone = UdpLink.Over(net.A.Connect("b:9000"), Options);
        for (var i = 0; i < 1000; i++)
        {
            net.At(100_000 + (i * 100_000), () => Assert.True(drone.SendAsync(new byte[10]).IsCompletedSuccessfully));
        }

        net.Run();

        // The oracle: the good frames in the order in which they were delivered, judged by a few plain rules.
        var arrived = new HashSet<uint>();
        var expected = new List<VerdictKind>();
        uint? next = null;
        var corrupted = 0;
        var corrupt = net.Log.Values.Where(e => e.Kind == NetworkEventKind.Corrupted).Select(e => e.Id).ToHashSet();
        foreach (var e in net.Log.Values.Where(e => e.Kind == NetworkEventKind.Delivered))
        {
            if (corrupt.Contains(e.Id))
            {
                corrupted++;
                continue;
            }

            var number = BinaryPrimitives.ReadUInt32BigEndian(e.Payload.Span[4..]);
            expected.Add(!arrived.Add(number) ? VerdictKind.Duplicate
                : next is null || number == next ? VerdictKind.InOrder
                : number > next ? VerdictKind.Gap
                : VerdictKind.Late);
            next = next is null || number >= next ? number + 1 : next;
        }

        Assert.Equal(expected, grammar.Values.Select(f => f.Verdict.Kind));
        var statistics = ground.GetStatistics();
        Assert.Equal(corrupted, statistics.CountOf(FaultReason.CrcMismatch));
        Assert.Equal(next!.Value - arrived.Min() - arrived.Count, statistics.Sequence.Lost);
        Assert.All([VerdictKind.Duplicate, VerdictKind.Gap, VerdictKind.Late], kind => Assert.Contains(kind, expected));
        Assert.Null(grammar.Error);
        LedgerAssert.Balances(statistics);
        LedgerAssert.Balances(net.Network.GetStatistics());
        Assert.Equal(net.Network.GetStatistics().Delivered, statistics.Ledger.Received);
    }

    [Fact]
    public void A_link_lives_through_a_crash_of_its_host()
    {
        var net = new TestNet(Conditions(null));
        var ground = UdpLink.Over(net.B.Listen("*:9000"), Options);
        var states = ground.State.Record(net.Scheduler);
        var got = ground.Messages.Record(net.Scheduler);
        var drone = UdpLink.Over(net.A.Connect("b:9000"), Options);
        for (var i = 0; i < 100; i++)
        {
            net.At(TimeSpan.FromMilliseconds(10 * (i + 1)).Ticks, () => Assert.True(drone.SendAsync(new byte[10]).IsCompletedSuccessfully));
        }

        net.At(TimeSpan.FromMilliseconds(300).Ticks, net.B.Crash);
        net.At(TimeSpan.FromMilliseconds(450).Ticks, net.B.Restart);
        net.Scheduler.AdvanceTo(TimeSpan.FromSeconds(3).Ticks);

        Assert.Equal([ConnectionState.Connected, ConnectionState.Reconnecting, ConnectionState.Connected], states.Values);

        // 27 arrive before the crash at 300 ms. The second attempt, a tick after 600 ms, binds again: what was sent from 590 ms on arrives.
        Assert.Equal(27 + 42, got.Values.Count);
        Assert.Equal(31, ground.GetStatistics().Sequence.Lost);
        Assert.Equal(31, net.Network.GetStatistics().Dropped);
    }

    [Fact]
    public void Each_seed_repeats_itself_with_links_and_all()
    {
        static string Run(ulong seed)
        {
            var net = new TestNet(Conditions(LossModel.Random(0.1), 0.1, 0.1, 0.1), seed);
            var ground = UdpLink.Over(net.B.Listen("*:9000"), Options);
            var drone = UdpLink.Over(net.A.Connect("b:9000"), Options);
            ground.Messages.Subscribe(m => ground.SendAsync(new byte[] { 1, 2, 3 }, to: m.Peer).GetAwaiter().GetResult());
            drone.Start();
            for (var i = 0; i < 200; i++)
            {
                net.At(100_000 + (i * 100_000), () => drone.SendAsync(new byte[10]).GetAwaiter().GetResult());
            }

            net.Run();
            return TestNet.Text(net.Log.Values);
        }

        Assert.Equal(Run(3), Run(3));
        Assert.NotEqual(Run(3), Run(4));
    }
}
