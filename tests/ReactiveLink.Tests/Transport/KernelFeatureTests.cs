using System.Net;
using System.Net.Sockets;
using System.Reactive.Concurrency;
using ReactiveLink.Tests.Support;
using ReactiveLink.Transport;

namespace ReactiveLink.Tests.Transport;

/// <summary>What Linux tells beside a datagram: drops, time, destination; and the forced receive buffer.</summary>
[Needs(Capability.Linux)]
public sealed class KernelFeatureTests
{
    private static readonly IPAddress Joined = IPAddress.Parse("239.255.78.1");
    private static readonly IPAddress Foreign = IPAddress.Parse("239.255.78.3");

    [CapableFact]
    public void Drops_that_both_ways_notice_are_counted_once()
    {
        const int Sent = 500;
        using var transport = UdpTransport.Listen("127.0.0.1:0", o => o with { ReceiveBufferSize = 4096, PromptKernelDrops = true });
        using var sender = Transports.Plain();
        var faults = Transports.Record(transport.Faults);
        var datagrams = Transports.Record(transport.Datagrams);
        var to = transport.LocalEndpoint.ToIPEndPoint();
        for (var i = 0; i < Sent; i++)
        {
            sender.SendTo(new byte[64], to);
        }

        // What is in the queue was queued before the first drop; the datagram after it tells them.
        transport.Start();
        datagrams.WaitForCount(1);
        Eventually.True(() => transport.GetStatistics().Ledger.Received == Sent, "all were received or dropped");
        sender.SendTo([1], to);

        datagrams.WaitFor(all => all.Exists(d => d.Payload.Span[0] == 1), "the last datagram");
        var ledger = transport.GetStatistics().Ledger;
        Assert.Equal((Sent + 1, 0), (ledger.Received, ledger.Unexplained));
        faults.WaitFor(f => f.Sum(x => x.Count) == ledger.Dropped[FaultReason.KernelDrop], "the faults sum up to the drops");
        transport.Dispose();
        datagrams.WaitForEnd();
        Assert.Equal(ledger.Dropped[FaultReason.KernelDrop], faults.Values.Sum(f => f.Count));
    }

    [CapableFact]
    public void A_datagram_that_follows_drops_carries_their_count()
    {
        var options = new UdpTransportOptions { Local = EndpointText.Parse("127.0.0.1:0"), ReceiveBufferSize = 4096, PromptKernelDrops = true };
        using var socket = new UdpSocketFactory(UdpBinding.Resolve(options), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance)
            .Open(new UdpEndpoint(IPAddress.Loopback, 0));
        using var sender = Transports.Plain();
        for (var i = 0; i < 100; i++)
        {
            sender.SendTo(new byte[64], socket.LocalEndpoint.ToIPEndPoint());
        }

        Assert.True(socket.TryReadKernelDrops(out var drops));
        Assert.Null(socket.Receive(out var queued));
        Assert.Equal((100, 0u), (queued.Length + (int)drops, queued[0].Drops));
        sender.SendTo([1], socket.LocalEndpoint.ToIPEndPoint());

        Assert.Null(socket.Receive(out var next));
        Assert.Equal(drops, next[0].Drops);
    }

    [CapableFact]
    public void Drops_that_a_datagram_tells_are_raised_ahead_of_it_whichever_way_they_were_noticed()
    {
        ReceivedDatagram After(uint drops, byte mark) => new(new[] { mark }, in ScriptedSocket.Peer.Key) { Drops = drops };
        var socket = new ScriptedSocket { Drops = null };
        using var transport = Transports.Over(
            new UdpTransportOptions { Local = EndpointText.Parse("127.0.0.1:0") },
            _ => new ScriptedFactory(socket.Then(After(0, 1), After(5, 2), After(5, 3), After(3, 4), After(9, 5))));
        var order = new List<string>();
        transport.Faults.Subscribe(f => order.Add("drop " + f.Count));
        var datagrams = Transports.Record(transport.Datagrams, d => order.Add("datagram " + d.Payload.Span[0]));
        transport.Start();

        datagrams.WaitForCount(5);
        transport.Dispose();
        datagrams.WaitForEnd();
        Assert.Equal(["datagram 1", "drop 5", "datagram 2", "datagram 3", "datagram 4", "drop 4", "datagram 5"], order);
        Assert.Equal(9, transport.GetStatistics().Ledger.Dropped[FaultReason.KernelDrop]);
    }

    [CapableFact]
    public void The_systems_time_stamp_is_when_it_received_and_not_when_it_was_asked()
    {
        // The first socket that asks turns the stamps on, which the kernel does in the background; until then it stamps at the read.
        using var first = UdpTransport.Listen("127.0.0.1:0", o => o with { KernelTimestamps = true });
        Eventually.True(() => IsStampedBeforeItIsRead(kernel: true), "a datagram whose stamp is older than its reading");

        Assert.False(IsStampedBeforeItIsRead(kernel: false));
    }

    /// <summary>Lets a datagram wait in the socket for a tenth of a second before it is read.</summary>
    private static bool IsStampedBeforeItIsRead(bool kernel)
    {
        using var transport = UdpTransport.Listen("127.0.0.1:0", o => o with { KernelTimestamps = kernel });
        using var sender = Transports.Plain();
        var datagrams = Transports.Record(transport.Datagrams);
        var before = DateTimeOffset.UtcNow;
        sender.SendTo([1], transport.LocalEndpoint.ToIPEndPoint());
        var sent = DateTimeOffset.UtcNow;
        Eventually.True(() => DateTimeOffset.UtcNow > sent.AddMilliseconds(100), "a tenth of a second");
        transport.Start();

        datagrams.WaitForCount(1);
        var receivedAt = datagrams.Values[0].ReceivedAt;
        Assert.InRange(receivedAt, before.AddMilliseconds(-10), DateTimeOffset.UtcNow.AddMilliseconds(10));
        return receivedAt <= sent.AddMilliseconds(10);
    }

    [CapableFact]
    public void In_virtual_time_the_systems_time_stamp_is_not_used()
    {
        var virtualTime = new HistoricalScheduler(new DateTimeOffset(1999, 12, 31, 0, 0, 0, TimeSpan.Zero));
        using var transport = UdpTransport.Listen("127.0.0.1:0", o => o with { KernelTimestamps = true, Scheduler = virtualTime });
        using var sender = Transports.Plain();
        var datagrams = Transports.Record(transport.Datagrams);
        transport.Start();

        sender.SendTo([1], transport.LocalEndpoint.ToIPEndPoint());

        datagrams.WaitForCount(1);
        Assert.Equal(virtualTime.Now, datagrams.Values[0].ReceivedAt);
    }

    [Fact]
    public void Only_schedulers_of_Rx_that_run_on_the_wall_clock_take_the_systems_time()
    {
        static bool Takes(IScheduler scheduler, bool asked = true) =>
            ReceiveClock.MayUseSystemTime(new UdpTransportOptions { KernelTimestamps = asked, Scheduler = scheduler });
        using var loop = new EventLoopScheduler();

        Assert.True(Takes(DefaultScheduler.Instance));
        Assert.True(Takes(TaskPoolScheduler.Default));
        Assert.True(Takes(loop));
        Assert.False(Takes(DefaultScheduler.Instance, asked: false));
        Assert.False(Takes(new HistoricalScheduler()));
        Assert.False(Takes(new OwnClock()));
    }

    [CapableFact]
    public void Without_the_kernels_filter_foreign_groups_are_not_member_faults() =>
        ForeignGroups("0.0.0.0:0", Joined, Foreign, "127.0.0.1", IPAddress.Loopback);

    /// <summary>Of IPv4 groups a dual-stack socket gets its own alone: Linux turns IP_MULTICAST_ALL on for IPv4 sockets only.</summary>
    [CapableFact]
    [Needs(Capability.IPv6 | Capability.MulticastIPv6)]
    public void Without_the_kernels_filter_foreign_IPv6_groups_are_not_member_faults() => ForeignGroups(
        "[::]:0",
        IPAddress.Parse("ff15::7801"),
        IPAddress.Parse("ff15::7803"),
        Capabilities.MulticastInterface(AddressFamily.InterNetworkV6)!.Name,
        IPAddress.IPv6Loopback);

    private static void ForeignGroups(string endpoint, IPAddress joined, IPAddress foreign, string device, IPAddress own)
    {
        using var listener = Transports.Listen(
            endpoint, LinuxFeatures.All & ~LinuxFeatures.MulticastFilter, o => o with { MulticastGroups = [new(joined, device)] });
        using var sender = UdpTransport.Listen(endpoint, o => o with { MulticastInterface = device });
        using var bystander = UdpTransport.Listen(endpoint, o => o with { MulticastGroups = [new(foreign, device)] });
        var port = listener.LocalEndpoint.Port;
        var datagrams = Transports.Record(listener.Datagrams);
        var faults = Transports.Record(listener.Faults);
        listener.Start();

        sender.Send([3], new UdpEndpoint(foreign, port));
        sender.Send([1], new UdpEndpoint(joined, port));
        datagrams.WaitForCount(1);
        sender.Send([3], new UdpEndpoint(foreign, port));
        faults.WaitForCount(2);
        sender.Send([2], new UdpEndpoint(own, port));

        datagrams.WaitForCount(2);
        Assert.Equal([1, 2], datagrams.Values.Select(d => (int)d.Payload.Span[0]));
        Assert.All(faults.Values, f => Assert.Equal((FaultReason.NotMember, sender.LocalEndpoint.Port), (f.Reason, f.Peer!.Port)));
        var ledger = listener.GetStatistics().Ledger;
        Assert.Equal((4, 2, 2, 0), (ledger.Received, ledger.Delivered, ledger.Dropped[FaultReason.NotMember], ledger.Unexplained));
    }

    [Fact]
    public void A_group_joined_on_one_interface_is_not_taken_from_another()
    {
        static EndpointKey Key(string address) => EndpointKey.From(IPAddress.Parse(address), 0);
        var device = LocalInterfaces.IndexOf("127.0.0.1");
        var filter = new MulticastFilter([new(Joined, "127.0.0.1"), new(Foreign), new(IPAddress.Parse("ff15::7%" + device))]);

        Assert.True(filter.Accepts(Key("239.255.78.1"), device));
        Assert.False(filter.Accepts(Key("239.255.78.1"), device + 1));
        Assert.True(filter.Accepts(Key("239.255.78.3"), device + 1));
        Assert.False(filter.Accepts(Key("239.255.78.2"), device));
        Assert.True(filter.Accepts(Key("ff15::7"), device));
        Assert.False(filter.Accepts(Key("ff15::7"), device + 1));
        Assert.False(filter.Accepts(Key("ff15::8"), device));
        Assert.True(filter.Accepts(Key("192.0.2.1"), device));
        Assert.True(filter.Accepts(default, 0));
    }

    [CapableFact]
    public void Each_feature_is_off_where_it_is_not_wanted_and_the_filter_has_one_way()
    {
        LinuxFeatures Enabled(LinuxFeatures wanted)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            return LinuxSocketOptions.Enable(socket, wanted);
        }

        Assert.Equal(LinuxFeatures.All & ~LinuxFeatures.Destinations, Enabled(LinuxFeatures.All));
        Assert.Equal(LinuxFeatures.All & ~LinuxFeatures.MulticastFilter, Enabled(LinuxFeatures.All & ~LinuxFeatures.MulticastFilter));
        Assert.Equal(LinuxFeatures.MulticastFilter, Enabled(LinuxFeatures.All & ~LinuxFeatures.Batches));
        Assert.Equal(LinuxFeatures.None, Enabled(LinuxFeatures.None));
    }

    [CapableFact]
    public void A_socket_that_refuses_every_option_has_no_feature_and_no_error()
    {
        // A stream socket knows no UDP options, a Unix one none of IP.
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

        Assert.Equal(
            LinuxFeatures.Batches, LinuxSocketOptions.Enable(socket, LinuxFeatures.All) & ~(LinuxFeatures.Timestamps | LinuxFeatures.DropCounts));
    }

    [CapableFact]
    public void A_forced_receive_buffer_exceeds_the_limit_for_root_and_else_is_logged()
    {
        var limit = int.Parse(File.ReadAllText("/proc/sys/net/core/rmem_max"), System.Globalization.CultureInfo.InvariantCulture);
        var wanted = limit * 2;
        using var loggers = new RecordingLogger();
        using var unforced = new RecordingLogger();

        UdpTransport.Listen("127.0.0.1:0", o => o with { ReceiveBufferSize = wanted, ForceReceiveBuffer = true, LoggerFactory = loggers }).Dispose();
        UdpTransport.Listen("127.0.0.1:0", o => o with { ReceiveBufferSize = wanted, LoggerFactory = unforced }).Dispose();

        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var may = LinuxSocketOptions.TryForceReceiveBuffer(probe, wanted);
        Assert.Equal(may ? 0 : 1, loggers.Lines.Count(line => line.Id == 1001));
        Assert.Equal(1, unforced.Lines.Count(line => line.Id == 1001));
    }

    private sealed class OwnClock : LocalScheduler
    {
        public override IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) =>
            throw new NotSupportedException();
    }
}
