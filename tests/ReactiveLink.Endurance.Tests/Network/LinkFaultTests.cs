using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ReactiveLink.Tests.Transport;
using Xunit.Abstractions;

namespace ReactiveLink.Endurance.Tests.Network;

/// <summary>What befalls a network interface: no stream ends, what was refused is told, and datagrams flow again as soon as they can.</summary>
public sealed class LinkFaultTests(ITestOutputHelper output)
{
    private const int Port = 9000;
    private const int Times = 5;

    private static readonly TimeSpan LongestRecovery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(1);
    private static readonly UdpEndpoint Remote = new(TwoHosts.FarAddress, Port);

    public static TheoryData<string, SocketEngine> Listeners { get; } = new()
    {
        { "0.0.0.0:9000", SocketEngine.Automatic },
        { "0.0.0.0:9000", SocketEngine.Portable },
        { "10.77.0.1:9000", SocketEngine.Automatic },
        { "10.77.0.1:9000", SocketEngine.Portable },
        { "[::]:9000", SocketEngine.Automatic },
    };

    [NamespaceTheory]
    [MemberData(nameof(Listeners))]
    public void A_link_that_goes_down_and_up(string local, SocketEngine engine) => Interrupt(
        new UdpTransportOptions { Local = EndpointText.Parse(local), Engine = engine },
        hosts => hosts.Near.Ip($"link set {TwoHosts.Device} down"),
        hosts => hosts.Near.Ip($"link set {TwoHosts.Device} up"));

    [NamespaceTheory]
    [InlineData(SocketEngine.Automatic)]
    [InlineData(SocketEngine.Portable)]
    public void A_link_that_goes_down_and_up_under_a_client(SocketEngine engine) => Interrupt(
        new UdpTransportOptions { Local = EndpointText.Parse("10.77.0.1:9000"), Remote = EndpointText.Parse("10.77.0.2:9000"), Engine = engine },
        hosts => hosts.Near.Ip($"link set {TwoHosts.Device} down"),
        hosts => hosts.Near.Ip($"link set {TwoHosts.Device} up"));

    [NamespaceTheory]
    [MemberData(nameof(Listeners))]
    public void An_address_that_is_removed_and_added(string local, SocketEngine engine) => Interrupt(
        new UdpTransportOptions { Local = EndpointText.Parse(local), Engine = engine },
        hosts => hosts.Near.Ip($"addr del {TwoHosts.NearAddress}/24 dev {TwoHosts.Device}"),
        hosts => hosts.Near.Ip($"addr add {TwoHosts.NearAddress}/24 dev {TwoHosts.Device}"));

    [NamespaceTheory]
    [InlineData(SocketEngine.Automatic)]
    [InlineData(SocketEngine.Portable)]
    public void An_address_that_is_removed_and_added_under_a_client(SocketEngine engine) => Interrupt(
        new UdpTransportOptions { Local = EndpointText.Parse("10.77.0.1:9000"), Remote = EndpointText.Parse("10.77.0.2:9000"), Engine = engine },
        hosts => hosts.Near.Ip($"addr del {TwoHosts.NearAddress}/24 dev {TwoHosts.Device}"),
        hosts => hosts.Near.Ip($"addr add {TwoHosts.NearAddress}/24 dev {TwoHosts.Device}"));

    [NamespaceTheory]
    [InlineData(null)]
    [InlineData("10.78.0.1:9000")]
    public void A_route_that_is_gone_and_back(string? remote)
    {
        using var hosts = new TwoHosts();
        var beyond = IPAddress.Parse("10.78.0.1");
        hosts.Far.Ip("addr add 10.78.0.1/32 dev lo");
        const string Route = "10.78.0.0/16 via 10.77.0.2";
        hosts.Near.Ip("route add " + Route);
        var receiver = hosts.FarSocket(beyond, Port);
        var to = new UdpEndpoint(beyond, Port);
        var transport = hosts.NearTransport(new UdpTransportOptions
        {
            Local = EndpointText.Parse("10.77.0.1:9000"),
            Remote = remote is null ? null : EndpointText.Parse(remote),
        });
        for (var i = 0; i < Times; i++)
        {
            transport.Transport.Send([1], to);
            receiver.Receive(new byte[1]);
            hosts.Near.Ip("route del " + Route);
            var refusal = Assert.Throws<DatagramSendException>(() => transport.Transport.Send([2], to));
            Assert.Equal((SocketError.NetworkUnreachable, FaultReason.SocketError), (refusal.SocketError, refusal.Reason));
            hosts.Near.Ip("route add " + Route);
            transport.Transport.Send([3], to);
            receiver.Receive(new byte[1]);
            receiver.SendTo([4], new IPEndPoint(TwoHosts.NearAddress, Port));
            transport.Datagrams.WaitForCount(i + 1);
        }

        transport.Faults.WaitForCount(Times);
        transport.AssertAlive();
        Assert.All(transport.Faults.Values, f => Assert.Equal((FaultReason.SocketError, to, "send"), (f.Reason, f.Peer, f.Detail)));
        Assert.Equal([ConnectionState.Connected], transport.States.Values);
    }

    /// <summary>The groups are the socket's: the kernel joins them again when the interface comes up.</summary>
    [NamespaceTheory]
    [InlineData(SocketEngine.Automatic)]
    [InlineData(SocketEngine.Portable)]
    public void A_multicast_group_outlives_a_link_that_goes_down_and_up(SocketEngine engine)
    {
        using var hosts = new TwoHosts();
        var group = IPAddress.Parse("239.255.78.1");
        hosts.Far.Ip($"route add 239.0.0.0/8 dev {TwoHosts.FarDevice}");
        var transport = hosts.NearTransport(new UdpTransportOptions
        {
            Local = EndpointText.Parse("0.0.0.0:9000"),
            MulticastGroups = [new MulticastGroup(group, TwoHosts.Device)],
            Engine = engine,
        });
        var stream = hosts.FarStream(hosts.FarSocket(), new IPEndPoint(group, Port), Every);
        for (var i = 0; i < Times; i++)
        {
            transport.Datagrams.WaitForOne(From(stream), "a datagram to the group");
            hosts.Near.Ip($"link set {TwoHosts.Device} down");
            hosts.Near.Ip($"link set {TwoHosts.Device} up");
        }

        transport.Datagrams.WaitForOne(From(stream), "a datagram to the group");
        transport.AssertAlive();
        Assert.Empty(transport.Faults.Values);
    }

    /// <summary>Lets a transport receive a stream and send to its source, and interrupts both several times.</summary>
    private void Interrupt(UdpTransportOptions options, Action<TwoHosts> interrupt, Action<TwoHosts> restore)
    {
        using var hosts = new TwoHosts();
        var remote = hosts.FarSocket(port: Port);
        var transport = hosts.NearTransport(options);
        var stream = hosts.FarStream(remote, new IPEndPoint(TwoHosts.NearAddress, Port), Every);
        var recoveries = new List<TimeSpan>();
        for (var i = 1; i <= Times; i++)
        {
            transport.Datagrams.WaitForOne(From(stream), "a datagram before the interruption");
            interrupt(hosts);
            var refusal = Assert.Throws<DatagramSendException>(() => transport.Transport.Send([1], Remote));
            transport.Faults.WaitFor(faults => faults.Exists(f => ReferenceEquals(f.Exception, refusal)), "the fault of the refused datagram");
            Assert.Equal(SocketError.NetworkUnreachable, refusal.SocketError);

            var next = From(stream);
            var clock = Stopwatch.StartNew();
            restore(hosts);
            transport.Datagrams.WaitForOne(next, "a datagram after the interruption");
            recoveries.Add(clock.Elapsed);
            transport.Transport.Send([1], Remote);
        }

        Assert.True(remote.Poll(Recorder<int>.Deadline, SelectMode.SelectRead), "What was sent after the interruption has come.");
        transport.AssertAlive();
        Assert.Equal([ConnectionState.Connected], transport.States.Values);
        Assert.Equal((Times, (long)Times), (transport.Faults.Values.Count, transport.Transport.GetStatistics().SendErrors));
        recoveries.Sort();
        output.WriteLine($"recovered after {recoveries[0].TotalMilliseconds:F1} to {recoveries[^1].TotalMilliseconds:F1} ms, median {recoveries[Times / 2].TotalMilliseconds:F1}");

        // The median: a machine that is held up once is not a link that recovers late.
        Assert.InRange(recoveries[Times / 2], TimeSpan.Zero, LongestRecovery);
    }

    private static Func<Datagram, bool> From(NumberedStream stream)
    {
        var next = stream.Next;
        return datagram => NumberedStream.NumberOf(datagram) >= next;
    }
}
