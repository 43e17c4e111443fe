using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Reactive.Concurrency;
using static ReactiveLink.Testing.NetworkEventKind;

namespace ReactiveLink.Testing.Tests.Network;

/// <summary>Hosts: ports, groups, crashes, NATs, clocks.</summary>
public sealed class VirtualNetworkHostTests
{
    private static readonly UdpEndpoint ToB = new(IPAddress.Parse("10.0.0.2"), 9000);
    private static readonly PathConditions Quick = new() { Latency = TimeSpan.FromTicks(1) };

    [Fact]
    public void Nobody_bound_is_told_to_a_connected_sender_alone()
    {
        var net = new TestNet(new PathConditions { Latency = TimeSpan.FromTicks(30) });
        var connected = net.A.Connect("b:9000");
        connected.Start();
        var (listener, _) = net.Listen(net.A, "*:5000");
        var open = net.A.Connect("b:9000", o => o with { Broadcast = true });
        open.Start();
        var openUntold = open.Faults.Record(net.Scheduler);
        var told = connected.Faults.Record(net.Scheduler);
        var untold = listener.Faults.Record(net.Scheduler);

        net.SendAt(connected, null, 100);
        net.SendAt(listener, ToB, 100);
        net.SendAt(open, null, 100);
        net.Run();

        var fault = Assert.Single(told.Notifications);
        Assert.Equal(160, fault.At.Ticks);
        Assert.Equal((FaultReason.SocketError, "receive"), (fault.Notification.Value.Reason, fault.Notification.Value.Detail));
        Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<SocketException>(fault.Notification.Value.Exception).SocketErrorCode);
        Assert.Equal((1, ConnectionState.Connected), (connected.GetStatistics().SocketErrors, connected.CurrentState));
        Assert.Empty(untold.Values);
        Assert.Empty(openUntold.Values);
        Assert.Equal([(Unreachable, 130), (Unreachable, 130), (Unreachable, 130)], net.Fates);
    }

    [Fact]
    public void An_address_of_nobody_leads_nowhere()
    {
        var net = new TestNet(Quick);
        var a = net.A.Listen("*:0");

        a.Send([1], new UdpEndpoint(IPAddress.Parse("10.9.9.9"), 9000));
        a.Send([1], new UdpEndpoint(IPAddress.Parse("239.1.2.3"), 9000));
        net.Run();

        Assert.Equal([NoRoute, NoRoute], net.Fates.Select(f => f.Kind));
        LedgerAssert.Balances(net.Network.GetStatistics());
    }

    [Fact]
    public void Ports_are_given_taken_and_refused_as_a_system_does()
    {
        var net = new TestNet();
        var any = net.A.Listen("0.0.0.0:9000");
        var free = net.A.Listen("0.0.0.0:0");
        var other = net.A.Listen("0.0.0.0:0");

        Assert.Equal((49_152, 49_153), (free.LocalEndpoint.Port, other.LocalEndpoint.Port));
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<LinkOpenException>(() => net.A.Listen("10.0.0.1:9000")).SocketError);
        Assert.Equal(SocketError.AddressNotAvailable, Assert.Throws<LinkOpenException>(() => net.A.Listen("10.0.0.2:0")).SocketError);
        Assert.Contains("'nowhere' is not one of the network's hosts", Assert.Throws<LinkOpenException>(() => net.A.Connect("nowhere:1")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => net.A.Listen("*:0", o => o with { SendQueueCapacity = 0 }));
        Assert.Throws<FormatException>(() => net.A.Listen("10.0.0.1:x"));

        // IPv6 alone does not meet IPv4; after a dispose the port is free.
        net.A.Listen("[::]:9000", o => o with { DualStack = false });
        any.Dispose();
        net.A.Listen("10.0.0.1:9000");
    }

    [Fact]
    public void The_best_fit_gets_it()
    {
        var net = new TestNet(Quick);
        static UdpTransportOptions Shared(UdpTransportOptions o) => o with { ReuseAddress = true };
        var (_, first) = net.Listen(net.B, "0.0.0.0:9000", Shared);
        var (_, any) = net.Listen(net.B, "0.0.0.0:9000", Shared);
        var (_, bound) = net.Listen(net.B, "10.0.0.2:9000", Shared);
        var connected = net.B.Open(new UdpTransportOptions { Local = EndpointText.Parse("10.0.0.2:9000"), Remote = EndpointText.Parse("10.0.0.1:7000"), ReuseAddress = true });
        var got = 0;
        connected.Datagrams.Subscribe(_ => got++);
        connected.Start();

        net.SendAt(net.A.Listen("*:7000"), ToB, 10);
        net.SendAt(net.A.Listen("*:7001"), ToB, 20);
        net.SendAt(net.B.Listen("127.0.0.1:0"), new UdpEndpoint(IPAddress.Loopback, 9000), 30);
        net.Run();

        // Of two that fit alike the last bound.
        Assert.Equal((1, 1, 1, 0), (got, bound.Count, any.Count, first.Count));
    }

    [Fact]
    public void A_source_address_is_chosen_and_a_dual_stack_listener_takes_both_families()
    {
        var net = new TestNet(Quick);
        var remotes = new List<string>();
        var b = net.B.Listen("[::]:9000");
        b.Datagrams.Subscribe(d => remotes.Add(d.Remote.ToString()));
        b.Start();
        var a = net.A.Listen("[::]:7000");
        var v4 = net.A.Listen("0.0.0.0:7001");

        net.At(10, () => a.Send([1], ToB));
        net.At(20, () => a.Send([1], new UdpEndpoint(IPAddress.Parse("2001:db8::2"), 9000)));
        net.Run();

        Assert.Equal(["10.0.0.1:7000", "[2001:db8::1]:7000"], remotes);
        Assert.Equal(
            SocketError.AddressFamilyNotSupported,
            Assert.Throws<DatagramSendException>(() => v4.Send([1], new UdpEndpoint(IPAddress.Parse("2001:db8::2"), 9000))).SocketError);
    }

    [Fact]
    public void Multicast_reaches_the_members()
    {
        var net = new TestNet(Quick);
        var far = net.Network.AddHost("far", "10.7.0.1");
        var group = MulticastGroup.Parse("239.1.2.3");
        UdpTransportOptions Member(UdpTransportOptions o) => o with { MulticastGroups = [group], ReuseAddress = true };
        var (a, gotA) = net.Listen(net.A, "*:9000", Member);
        var (b, gotB) = net.Listen(net.B, "*:9000", Member);
        var (_, gotB2) = net.Listen(net.B, "*:9000", Member);
        var (_, gotFar) = net.Listen(far, "*:9000", Member);
        var near = net.Network.AddHost("near", "10.9.0.1", "10.7.0.9");
        net.At(50, () => near.Listen("*:6000").Send([1], new UdpEndpoint(IPAddress.Parse("10.7.0.1"), 9000)));
        var (_, gotConnected) = net.Listen(net.B, "*:9000", o => Member(o) with { Remote = EndpointText.Parse("10.0.0.1:5") });
        var silent = net.A.Listen("*:0", o => o with { MulticastLoopback = false, MulticastTimeToLive = 2 });
        var to = new UdpEndpoint(group.Address, 9000);

        net.SendAt(a, to, 10);
        net.SendAt(silent, to, 20);
        net.At(25, () => b.Leave(group));
        net.SendAt(a, to, 30);
        net.At(35, () => b.Join(group));
        net.SendAt(a, to, 40);
        net.Run();

        // From a host to itself there is no latency: the test scheduler makes it one tick.
        Assert.Equal([11, 31, 41], gotA.Select(g => g.Tick));
        Assert.Equal([11, 21, 41], gotB.Select(g => g.Tick));
        Assert.Equal([11, 21, 31, 41], gotB2.Select(g => g.Tick));
        Assert.Equal([21, 51], gotFar.Select(g => g.Tick));
        Assert.Equal("10.7.0.9:6000", net.Log.Values[^1].From!.ToString());
        Assert.Empty(gotConnected);
        LedgerAssert.Balances(net.Network.GetStatistics());
        Assert.Throws<ArgumentException>(() => a.Join(new MulticastGroup(IPAddress.Parse("10.0.0.1"))));
    }

    [Theory]
    [InlineData("255.255.255.255")]
    [InlineData("10.0.0.255")]
    public void Broadcast_reaches_the_subnet_if_it_is_allowed(string address)
    {
        var net = new TestNet(Quick);
        var far = net.Network.AddHost("far", "10.7.0.1");
        var (b, gotB) = net.Listen(net.B, "0.0.0.0:9000");
        var (_, gotBound) = net.Listen(net.B, "10.0.0.2:9001");
        var (_, gotFar) = net.Listen(far, "0.0.0.0:9000");
        var allowed = net.A.Listen("0.0.0.0:0", o => o with { Broadcast = true });
        var to = new UdpEndpoint(IPAddress.Parse(address), 9000);

        Assert.Equal(SocketError.AccessDenied, Assert.Throws<DatagramSendException>(() => b.Send([1], to)).SocketError);
        net.SendAt(allowed, to, 10);
        net.SendAt(allowed, new UdpEndpoint(IPAddress.Parse(address), 9001), 20);
        net.Run();

        Assert.Equal([(11, 1)], gotB);
        Assert.Empty(gotFar);
        Assert.Empty(gotBound);
    }

    [Fact]
    public void A_crash_is_a_lost_socket_and_a_restart_binds_it_again()
    {
        var net = new TestNet(Quick);
        var (b, got) = net.Listen(net.B, "*:9000", o => o with { RebindDelay = TimeSpan.FromTicks(100), MaximumRebindDelay = TimeSpan.FromTicks(300) });
        var states = b.State.Record(net.Scheduler);
        var faults = b.Faults.Record(net.Scheduler);
        var a = net.A.Listen("*:0");
        net.At(1000, net.B.Crash);
        net.At(1001, net.B.Crash);
        net.At(1500, net.B.Restart);
        net.At(1050, () =>
        {
            Assert.False(net.B.IsUp);
            Assert.Contains("the socket was lost", Assert.Throws<DatagramSendException>(() => b.Send([1], a.LocalEndpoint)).Message, StringComparison.Ordinal);
            Assert.Throws<LinkOpenException>(() => net.B.Listen("*:1"));
        });

        net.SendAt(a, ToB, 900, 1100, 1550, 1700);
        net.Run();

        // The test scheduler's tick, then 100, 200 and 300: the third attempt is after the restart.
        Assert.Equal(
            [(0, ConnectionState.Connected), (1001, ConnectionState.Reconnecting), (1601, ConnectionState.Connected)],
            states.Notifications.Select(n => ((int)n.At.Ticks, n.Notification.Value)));
        Assert.Equal(
            [(1001, "receive"), (1051, "send"), (1101, "rebind"), (1301, "rebind")],
            faults.Notifications.Select(n => ((int)n.At.Ticks, n.Notification.Value.Detail!)));
        Assert.Equal([(901, 1), (1701, 4)], got);
        Assert.Equal((1, 1), (b.GetStatistics().Rebinds, b.GetStatistics().SendErrors));
        Assert.Equal([(Delivered, 901), (HostCrashed, 1000), (HostDown, 1101), (HostRestarted, 1500), (Unreachable, 1551), (Delivered, 1701)], net.Fates);
    }

    [Fact]
    public void A_transport_that_is_started_after_a_crash_notices_then()
    {
        var net = new TestNet(Quick);
        var b = net.B.Listen("*:9000");
        net.B.Crash();
        net.B.Restart();
        Assert.Equal(ConnectionState.Connected, b.CurrentState);

        b.Start();
        Assert.Equal(ConnectionState.Reconnecting, b.CurrentState);
        net.Run();

        Assert.Equal((ConnectionState.Connected, 1), (b.CurrentState, b.GetStatistics().Rebinds));
    }

    [Fact]
    public void A_NAT_gives_ports_and_forgets_them()
    {
        var net = new TestNet(Quick);
        var nat = net.Network.AddNat("203.0.113.1");
        var phone = net.Network.AddHost("phone", nat, "192.168.0.5");
        var (inside, got) = net.Listen(phone, "*:7000");
        var server = net.B.Listen("*:9000");
        var remotes = new List<UdpEndpoint>();
        server.Datagrams.Subscribe(d =>
        {
            remotes.Add(d.Remote);
            server.Send([7], remotes[0]);
        });
        server.Start();

        net.SendAt(inside, ToB, 10, 20);
        net.At(50, nat.Rebind);
        net.At(49, () => server.Send([6], remotes[0]));
        net.SendAt(inside, ToB, 60);
        net.At(80, () => server.Send([8], new UdpEndpoint(IPAddress.Parse("192.168.0.5"), 7000)));
        net.Run();

        Assert.Equal(["203.0.113.1:40000", "203.0.113.1:40000", "203.0.113.1:40001"], remotes.Select(r => r.ToString()));
        Assert.Equal([(12, 7), (22, 7)], got);

        // What was on its way when the NAT forgot, what was answered to the old port, and what nobody outside can address.
        Assert.Equal([NatRebound, NoMapping, Delivered, NoMapping, NoRoute], net.Fates.Skip(4).Select(f => f.Kind));
        LedgerAssert.Balances(net.Network.GetStatistics());
    }

    [Fact]
    public void A_full_buffer_drops_and_tells()
    {
        var net = new TestNet(Quick);
        var b = net.B.Listen("*:9000", o => o with { ReceiveBufferSize = 1000 });
        var faults = b.Faults.Record(net.Scheduler);
        var got = b.Datagrams.Record(net.Scheduler);

        // Each takes 257 bytes of the buffer.
        net.SendAt(net.A.Listen("*:0"), ToB, 10, 20, 30, 40, 50);
        net.At(100, b.Start);
        net.Run();

        Assert.Equal([1, 2, 3], got.Values.Select(d => (int)d.Payload.Span[0]));
        var fault = Assert.Single(faults.Values);
        Assert.Equal((FaultReason.KernelDrop, 2L), (fault.Reason, fault.Count));
        var expected = new DatagramLedger(5, 3, ImmutableSortedDictionary<FaultReason, long>.Empty.Add(FaultReason.KernelDrop, 2));
        LedgerAssert.Equal(expected, b.GetStatistics().Ledger);
        Assert.Equal(2, net.Network.GetStatistics().CountOf(BufferFull));
    }

    [Fact]
    public void A_lent_payload_is_written_over_after_its_OnNext()
    {
        var net = new TestNet(Quick with { Duplication = 1 });
        var b = net.B.Listen("*:9000", o => o with { PayloadMemory = PayloadMemory.Borrowed });
        var keeper = b.Datagrams.Record(net.Scheduler);
        var copies = new List<byte[]>();
        b.Datagrams.Subscribe(d => copies.Add(d.ToArray()));
        b.Start();
        net.SendAt(net.A.Listen("*:0"), ToB, 10);
        net.Run();

        Assert.True(b.LendsPayloads);
        Assert.Equal([[1], [1]], copies);
        Assert.All(keeper.Values, d => Assert.Equal([0xDD], d.ToArray()));
        Assert.Equal([1], net.Log.Values[^1].Payload.ToArray());
    }

    [Fact]
    public void Too_large_for_the_receiver_is_truncated_not_delivered()
    {
        var net = new TestNet(Quick);
        var (b, got) = net.Listen(net.B, "*:9000", o => o with { MaximumDatagramSize = 10 });
        var faults = b.Faults.Record(net.Scheduler);
        net.At(10, () => net.A.Listen("*:0").Send(new byte[11], ToB));
        net.Run();

        Assert.Empty(got);
        Assert.Equal(FaultReason.Truncated, Assert.Single(faults.Values).Reason);
        LedgerAssert.Balances(b.GetStatistics());
    }

    [Fact]
    public void A_historical_scheduler_needs_no_tick_for_what_takes_no_time()
    {
        var scheduler = new HistoricalScheduler(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var network = new VirtualNetwork(scheduler);
        var a = network.AddHost("a", "10.0.0.1").Connect("10.0.0.2:9000");
        var b = network.AddHost("b", "10.0.0.2").Listen("*:9000");
        using var got = b.Datagrams.Record(scheduler);
        b.Start();

        a.Send([1]);
        Assert.Empty(got.Values);
        scheduler.Start();

        Assert.Equal([network.Start], got.Notifications.Select(n => n.At));
    }

    [Fact]
    public void More_in_flight_than_allowed_is_dropped()
    {
        var net = new TestNet(options: new VirtualNetworkOptions { Conditions = new PathConditions { Latency = TimeSpan.FromTicks(100) }, MaximumInFlight = 2 });
        var (_, got) = net.Listen(net.B);

        net.SendAt(net.A.Listen("*:0"), ToB, 10, 20, 30, 115);
        net.Run();

        Assert.Equal([(110, 1), (120, 2), (215, 4)], got);
        Assert.Equal(1, net.Network.GetStatistics().CountOf(InFlightFull));
        LedgerAssert.Balances(net.Network.GetStatistics());
    }

    [Fact]
    public void Clocks_are_off_and_drift()
    {
        var net = new TestNet(Quick);
        net.B.ClockOffset = TimeSpan.FromTicks(5000);
        net.B.ClockDrift = 0.25;
        var received = new List<(long At, long Elapsed)>();
        var b = net.B.Listen("*:9000");
        b.Datagrams.Subscribe(d => received.Add((d.ReceivedAt.Ticks, d.Elapsed.Ticks)));
        b.Start();
        var fired = new List<(long True, long Local)>();
        net.B.Scheduler.Schedule(TimeSpan.FromTicks(1000), () => fired.Add((net.Scheduler.Clock, net.B.Scheduler.Now.Ticks)));
        var watch = net.B.Scheduler.StartStopwatch();
        var absolute = net.B.Scheduler.Now + TimeSpan.FromTicks(500);
        net.B.Scheduler.Schedule(absolute, () => fired.Add((net.Scheduler.Clock, net.B.Scheduler.Now.Ticks)));

        net.SendAt(net.A.Listen("*:0"), ToB, 399);
        net.At(400, () => Assert.Equal(500, watch.Elapsed.Ticks));
        net.At(2000, () => net.B.ClockDrift = 0);
        net.At(2400, () => net.B.ClockOffset = TimeSpan.Zero);
        net.Run();

        Assert.Equal([(5500, 500)], received);
        Assert.Equal([(400, 5500), (800, 6000)], fired);
        Assert.Equal(2500 + 400, net.B.Scheduler.Now.Ticks);
        Assert.Equal(2900, watch.Elapsed.Ticks);
        Assert.Throws<ArgumentOutOfRangeException>(() => net.B.ClockDrift = double.NaN);
    }
}
