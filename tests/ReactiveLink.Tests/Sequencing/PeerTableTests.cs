using System.Net;
using ReactiveLink.Sequencing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Sequencing;

public sealed class PeerTableTests
{
    private static readonly long Expiry = TimeSpan.FromSeconds(10).Ticks;

    [Fact]
    public void One_object_per_peer()
    {
        var table = Table<string>(10);

        var a = Observe(table, "a", 1, Verdict.InOrder);
        var b = Observe(table, "b", 7, Verdict.InOrder);

        Assert.NotSame(a, b);
        Assert.Same(a, Observe(table, "a", 2, Verdict.InOrder));
        Assert.Same(b, Observe(table, "b", 9, Verdict.Gap(1)));
        Assert.Equal("a", a.Key);
        Assert.Equal(2, table.Count);
        Assert.Equal(new SequenceStatistics(2, 0, 0, 0, 0, 0), a.GetStatistics());
        Assert.Equal(new SequenceStatistics(3, 1, 1, 0, 0, 0), table.Totals);
        Assert.Equal([a, b], table.GetPeers());
    }

    [Fact]
    public void A_touch_keeps_a_peer_and_makes_none()
    {
        var table = Table<string>(10);
        var a = Observe(table, "a", 1, Verdict.InOrder);

        table.Touch("b", Expiry);
        table.Touch("a", Expiry);
        table.Touch("a", Expiry * 2);
        table.Touch("a", (Expiry * 3) + 1);

        Assert.Equal(1, table.Count);
        Assert.Same(a, table.Look(0, out var lastSeen));
        Assert.Equal(Expiry * 2, lastSeen);
        Assert.Null(table.Look(1, out _));

        // Too late: it was idle for too long, and comes anew.
        Assert.True(table.TryObserve("a", 2, (Expiry * 3) + 2, out var again, out _));
        Assert.NotSame(a, again);
        Assert.True(a.IsForgotten);
        Assert.False(a.IsDisplaced);
    }

    [Fact]
    public void Items_without_numbers_are_in_order_and_establish_their_peer()
    {
        var table = new PeerTable<string>(SequenceSpace.UInt32, new SequenceOptions { MaximumPeers = 1 });
        Assert.True(table.TryHear("a", 0, out var a));
        Assert.True(table.TryHear("b", 0, out var b));
        Assert.True(a.IsDisplaced);
        Assert.True(table.TryHear("b", 0, out var same));
        Assert.Same(b, same);

        Assert.False(table.TryHear("c", 0, out _));
        Assert.Equal(new SequenceStatistics(2, 0, 0, 0, 0, 0), b.GetStatistics());
        Assert.Equal(default, table.Totals);
    }

    [Fact]
    public void Endpoints_are_the_same_peer_by_value()
    {
        var table = Table<UdpEndpoint>(10);

        var one = Observe(table, new UdpEndpoint(IPAddress.Loopback, 1), 1, Verdict.InOrder);
        Observe(table, new UdpEndpoint(IPAddress.Loopback, 2), 1, Verdict.InOrder);

        Assert.Same(one, Observe(table, new UdpEndpoint(IPAddress.Loopback, 1), 2, Verdict.InOrder));
        Assert.Equal(2, table.Count);
    }

    [Fact]
    public void A_peer_idle_for_longer_than_the_expiry_is_new()
    {
        var table = Table<int>(10);
        var old = Observe(table, 1, 100, Verdict.InOrder, now: 0);

        Assert.Same(old, Observe(table, 1, 101, Verdict.InOrder, now: Expiry));
        var renewed = Observe(table, 1, 7, Verdict.InOrder, now: (2 * Expiry) + 1);

        Assert.NotSame(old, renewed);
        Assert.True(old.IsForgotten);
        Assert.Equal(1, table.Count);
        Assert.Equal([renewed], table.GetPeers());
        Assert.Equal(1, table.Forgotten);
        Assert.Equal(3, table.Totals.InOrder);
    }

    [Fact]
    public void Idle_peers_go_as_others_come()
    {
        var table = Table<int>(1000);
        for (var key = 0; key < 100; key++)
        {
            Observe(table, key, 1, Verdict.InOrder, now: 0);
        }

        for (ulong i = 0; i < 110; i++)
        {
            Observe(table, 5000, i, Verdict.InOrder, now: Expiry + 1);
        }

        Assert.Equal(1, table.Count);
        Assert.Single(table.GetPeers());
        Assert.Equal(100, table.Forgotten);
        Assert.Equal(210, table.Totals.InOrder);
    }

    [Fact]
    public void A_full_table_of_established_peers_refuses_a_new_one()
    {
        var table = Table<int>(4);
        for (var key = 0; key < 4; key++)
        {
            Establish(table, key);
        }

        Assert.False(table.TryObserve(99, 1, 0, out var peer, out _));
        Assert.Null(peer);
        Assert.Equal(4, table.Count);
        Observe(table, 2, 3, Verdict.InOrder);

        // Idle long enough, one makes room.
        Observe(table, 99, 1, Verdict.InOrder, now: Expiry + 1);
        Assert.True(table.Count <= 4);
    }

    [Fact]
    public void A_flood_of_forged_single_datagrams_recycles_its_own_slots()
    {
        var table = Table<int>(200);
        for (var key = 0; key < 150; key++)
        {
            Establish(table, key);
        }

        var refused = 0;
        for (var key = 1000; key < 101_000; key++)
        {
            refused += table.TryObserve(key, 7, 0, out _, out _) ? 0 : 1;
        }

        Assert.Equal(200, table.Count);
        for (var key = 0; key < 150; key++)
        {
            Observe(table, key, 3, Verdict.InOrder);
        }

        Assert.True(refused < 100_000, "None of the forged ones was ever taken.");
    }

    [Fact]
    public void Ten_million_forged_peers_stay_within_the_cap()
    {
        var table = new PeerTable<uint>(SequenceSpace.UInt16, new SequenceOptions { MaximumPeers = 1000 });
        Assert.True(table.TryObserve(uint.MaxValue, 1, 0, out _, out _));
        Assert.True(table.TryObserve(uint.MaxValue, 2, 0, out var honest, out _));
        for (uint key = 0; key < 10_000_000; key++)
        {
            table.TryObserve(key, key, key, out _, out _);
        }

        Assert.Equal(1000, table.Count);
        Assert.Equal(1000, table.GetPeers().Length);
        Assert.Equal(10_000_002, table.Totals.Received);
        Assert.True(table.TryObserve(uint.MaxValue, 3, 10_000_000, out var again, out _));
        Assert.Same(honest, again);
    }

    [Fact]
    public void Observing_a_known_peer_allocates_nothing()
    {
        var table = Table<UdpEndpoint>(10);
        UdpEndpoint[] endpoints = [new(IPAddress.Loopback, 1), new(IPAddress.Loopback, 2)];
        ulong number = 0;
        Observe(10);
        Assert.Equal(0, Allocated.By(() => Observe(1000)));

        void Observe(int count)
        {
            for (var i = 0; i < count; i++, number++)
            {
                table.TryObserve(endpoints[number & 1], number / 2, 0, out _, out _);
            }
        }
    }

    [Fact]
    public void Keys_chosen_to_collide_cannot_slow_down_the_others()
    {
        var table = new PeerTable<Colliding>(SequenceSpace.UInt32, SequenceOptions.Default);
        var taken = 0;
        for (var key = 0; key < 10_000; key++)
        {
            taken += table.TryObserve(new Colliding(key), 1, 0, out _, out _) ? 1 : 0;
        }

        Assert.Equal(PeerTable<Colliding>.LongestChain, taken);
    }

    [Fact]
    public void Sixty_four_bit_keys_whose_halves_cancel_out_do_not_collide()
    {
        var table = new PeerTable<ulong>(SequenceSpace.UInt32, SequenceOptions.Default);
        for (ulong key = 0; key < 10_000; key++)
        {
            Assert.True(table.TryObserve((key << 32) | key, 1, 0, out _, out _));
        }
    }

    /// <summary>Against a dictionary without cap: everything that comes and goes, the removals from the middle of chains included.</summary>
    [Fact]
    public void Random_use_agrees_with_a_plain_model()
    {
        var random = new Random(8);
        var table = new PeerTable<int>(SequenceSpace.UInt64, new SequenceOptions { PeerIdleExpiry = TimeSpan.FromTicks(500) });
        var model = new Dictionary<int, (ulong Next, long Seen)>();
        for (long now = 0; now < 200_000; now += random.Next(3))
        {
            var key = (int)Math.Sqrt(random.Next(400 * 400));
            var known = model.TryGetValue(key, out var entry) && now - entry.Seen <= 500;
            var sequence = known ? entry.Next : (ulong)random.Next();
            Assert.True(table.TryObserve(key, sequence, now, out var peer, out var verdict));
            Assert.Equal(Verdict.InOrder, verdict);
            Assert.Equal(key, peer.Key);
            Assert.Equal(known, peer.GetStatistics().Received > 1);
            model[key] = (sequence + 1, now);
        }

        Assert.True(table.Count <= 401);
        Assert.Equal(table.Count, table.GetPeers().Length);
        Assert.Equal(table.Count, table.GetPeers().Select(peer => peer.Key).Distinct().Count());
    }

    [Fact]
    public async Task Snapshots_are_consistent_while_another_thread_writes()
    {
        var table = new PeerTable<int>(SequenceSpace.UInt32, new SequenceOptions { MaximumPeers = 300, PeerIdleExpiry = TimeSpan.FromTicks(20_000) });
        using var stop = new CancellationTokenSource();
        var reads = new int[2];
        var readers = Enumerable.Range(0, reads.Length).Select(reader => Task.Factory.StartNew(
            () => Read(ref reads[reader]), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();

        var random = new Random(1);
        var next = new ulong[1000];
        for (long i = 0; i < 500_000 || (i < 50_000_000 && Math.Min(Volatile.Read(ref reads[0]), Volatile.Read(ref reads[1])) < 20); i++)
        {
            var key = random.Next(next.Length);
            if (table.TryObserve(key, next[key], i, out _, out _))
            {
                table.TryObserve(key, next[key]++, i, out _, out _);
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
        Assert.All(reads, count => Assert.True(count >= 20));

        void Read(ref int count)
        {
            long received = 0;
            while (!stop.IsCancellationRequested)
            {
                // The writer sends each number twice: an item in order, then its duplicate.
                var totals = table.Totals;
                Assert.InRange(totals.InOrder - totals.Duplicates, 0, 1);
                Assert.True(totals.Received >= received);
                received = totals.Received;
                foreach (var peer in table.GetPeers())
                {
                    var statistics = peer.GetStatistics();
                    Assert.InRange(statistics.InOrder - statistics.Duplicates, 0, 1);
                    Assert.InRange(peer.HighestSequence, 0UL, 100_000_000UL);
                }

                Interlocked.Increment(ref count);
            }
        }
    }

    [Fact]
    public void Transit_of_duplicates_and_strays_does_not_count_for_jitter()
    {
        var table = Table<int>(10);
        Step(1, arrival: 0, sent: 0);
        Step(2, arrival: 120, sent: 100);
        var peer = Step(2, arrival: 900, sent: 100);
        Assert.Equal(20 / 16.0, peer.Jitter.Ticks, 1.0);
        Step(1_000_000, arrival: 1000, sent: 5);
        Step(3, arrival: 220, sent: 200);

        // 20 and then 0: 1.25, then 1.25 * 15 / 16.
        Assert.Equal(1, peer.Jitter.Ticks);
        Assert.Equal(1u, peer.GetJitterUnits((int)TimeSpan.TicksPerSecond));
        Assert.Equal(11u, peer.GetJitterUnits(100_000_000));
        Assert.Throws<ArgumentOutOfRangeException>(() => peer.GetJitterUnits(0));

        PeerSequence Step(ulong sequence, long arrival, long sent)
        {
            Assert.True(table.TryObserve(1, sequence, 0, out var observed, out _));
            observed.ObserveTransit(TimeSpan.FromTicks(arrival), TimeSpan.FromTicks(sent));
            return observed;
        }
    }

    private static PeerTable<TKey> Table<TKey>(int maximumPeers)
        where TKey : notnull =>
        new(SequenceSpace.UInt32, new SequenceOptions { MaximumPeers = maximumPeers, PeerIdleExpiry = TimeSpan.FromTicks(Expiry) });

    private static PeerSequence Observe<TKey>(PeerTable<TKey> table, TKey key, ulong sequence, Verdict expected, long now = 0)
        where TKey : notnull
    {
        Assert.True(table.TryObserve(key, sequence, now, out var peer, out var verdict));
        Assert.Equal(expected, verdict);
        return peer;
    }

    private static void Establish(PeerTable<int> table, int key)
    {
        Observe(table, key, 1, Verdict.InOrder);
        Observe(table, key, 2, Verdict.InOrder);
    }

    private readonly record struct Colliding(int Value)
    {
        public override int GetHashCode() => 1;
    }
}
