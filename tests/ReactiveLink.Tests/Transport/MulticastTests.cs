using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Xunit.Sdk;

namespace ReactiveLink.Tests.Transport;

public sealed class MulticastTests
{
    private const string Loopback = "127.0.0.1";
    private static readonly IPAddress First = IPAddress.Parse("239.255.77.1");
    private static readonly IPAddress Second = IPAddress.Parse("239.255.77.2");
    private static readonly IPAddress Foreign = IPAddress.Parse("239.255.77.3");

    private static Recorder<Datagram> Started(UdpTransport transport)
    {
        var recorder = new Recorder<Datagram>();
        transport.Datagrams.Subscribe(recorder);
        transport.Start();
        return recorder;
    }

    /// <summary>Another program of the machine that joins a group: without a filter its datagrams would come to every socket of the port.</summary>
    private static Socket Bystander(IPAddress group, int index)
    {
        var socket = new Socket(group.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        if (group.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(group, index));
        }
        else
        {
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(group, index));
        }

        return socket;
    }

    private static int LoopbackIndex => ReactiveLink.Transport.LocalInterfaces.IndexOf(Loopback);

    [Theory]
    [InlineData(":0")]
    [InlineData("0.0.0.0:0")]
    [InlineData("[::]:0")]
    public void Two_groups_are_received_and_one_that_was_not_joined_is_not(string endpoint)
    {
        if (endpoint[0] == '[' && IPv6.SkipReason is { } reason)
        {
            throw SkipException.ForSkip(reason);
        }

        using var listener = UdpTransport.Listen(
            endpoint, o => o with { MulticastGroups = [new(First, Loopback), new(Second, Loopback)] });
        using var sender = UdpTransport.Listen("0.0.0.0:0", o => o with { MulticastInterface = Loopback });
        using var bystander = Bystander(Foreign, LoopbackIndex);
        var port = listener.LocalEndpoint.Port;
        var datagrams = Started(listener);

        sender.Send([3], new UdpEndpoint(Foreign, port));
        sender.Send([1], new UdpEndpoint(First, port));
        sender.Send([3], new UdpEndpoint(Foreign, port));
        sender.Send([2], new UdpEndpoint(Second, port));

        datagrams.WaitForCount(2);
        Assert.Equal([1, 2], datagrams.Values.Select(d => (int)d.Payload.Span[0]));
        var ledger = listener.GetStatistics().Ledger;
        Assert.Equal(0, ledger.Unexplained);
        Assert.Equal(2, ledger.Delivered);
    }

    [Fact]
    public void A_listener_without_groups_gets_none_of_others_groups()
    {
        using var listener = UdpTransport.Listen("0.0.0.0:0");
        using var sender = UdpTransport.Listen("0.0.0.0:0", o => o with { MulticastInterface = Loopback });
        using var bystander = Bystander(Foreign, LoopbackIndex);
        var datagrams = Started(listener);

        sender.Send([3], new UdpEndpoint(Foreign, listener.LocalEndpoint.Port));
        sender.Send([1], new UdpEndpoint(IPAddress.Loopback, listener.LocalEndpoint.Port));

        datagrams.WaitForCount(1);
        Assert.Equal([1], datagrams.Values[0].ToArray());
    }

    [Fact]
    public void Several_receivers_share_a_group_and_port()
    {
        UdpTransportOptions Shared(UdpTransportOptions o) => o with { ReuseAddress = true, MulticastGroups = [new(First, Loopback)] };
        using var one = UdpTransport.Listen("0.0.0.0:0", Shared);
        using var two = UdpTransport.Listen("0.0.0.0:" + one.LocalEndpoint.Port, Shared);
        using var sender = UdpTransport.Connect($"{First}:{one.LocalEndpoint.Port}", o => o with { MulticastInterface = Loopback });
        var atOne = Started(one);
        var atTwo = Started(two);

        sender.Send([1]);

        atOne.WaitForCount(1);
        atTwo.WaitForCount(1);
    }

    [Fact]
    public void A_client_of_a_group_gets_the_replies_of_its_members()
    {
        using var member = UdpTransport.Listen("0.0.0.0:0", o => o with { MulticastGroups = [new(First, Loopback)] });
        using var client = UdpTransport.Connect($"{First}:{member.LocalEndpoint.Port}", o => o with { MulticastInterface = Loopback });
        var atMember = Started(member);
        var atClient = Started(client);

        client.Send([1]);
        atMember.WaitForCount(1);
        member.Send([2], atMember.Values[0].Remote);

        atClient.WaitForCount(1);
        Assert.Equal(First, client.RemoteEndpoint!.Address);
    }

    [Fact]
    public void Without_loopback_the_own_machine_hears_nothing()
    {
        using var listener = UdpTransport.Listen("0.0.0.0:0", o => o with { MulticastGroups = [new(First, Loopback), new(Second, Loopback)] });
        using var mute = UdpTransport.Listen("0.0.0.0:0", o => o with { MulticastInterface = Loopback, MulticastLoopback = false });
        using var sender = UdpTransport.Listen("0.0.0.0:0", o => o with { MulticastInterface = Loopback });
        var datagrams = Started(listener);

        // On the loopback interface itself a datagram comes back by the device; the flag shows on any other.
        var other = NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(i =>
            i is { OperationalStatus: OperationalStatus.Up, SupportsMulticast: true, NetworkInterfaceType: not NetworkInterfaceType.Loopback }
            && i.Supports(NetworkInterfaceComponent.IPv4) && i.GetIPProperties().UnicastAddresses.Any(a => a.Address.AddressFamily == AddressFamily.InterNetwork))
            ?? throw SkipException.ForSkip("This machine has no multicast interface besides the loopback one.");
        using var onOther = UdpTransport.Listen("0.0.0.0:0", o => o with { MulticastGroups = [new(First, other.Name)] });
        using var muteOnOther = UdpTransport.Listen("0.0.0.0:0", o => o with { MulticastInterface = other.Name, MulticastLoopback = false });
        using var loudOnOther = UdpTransport.Listen("0.0.0.0:0", o => o with { MulticastInterface = other.Name });
        var atOther = Started(onOther);

        muteOnOther.Send([1], new UdpEndpoint(First, onOther.LocalEndpoint.Port));
        loudOnOther.Send([2], new UdpEndpoint(First, onOther.LocalEndpoint.Port));

        atOther.WaitForCount(1);
        Assert.Equal([2], atOther.Values[0].ToArray());
        Assert.Empty(datagrams.Values);
    }

    [Fact]
    public void IPv6_groups_are_received_and_filtered()
    {
        if (IPv6.SkipReason is { } reason)
        {
            throw SkipException.ForSkip(reason);
        }

        var device = NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(i =>
            i is { OperationalStatus: OperationalStatus.Up, SupportsMulticast: true, NetworkInterfaceType: not NetworkInterfaceType.Loopback }
            && i.GetIPProperties().UnicastAddresses.Any(a => a.Address.AddressFamily == AddressFamily.InterNetworkV6))
            ?? throw SkipException.ForSkip("This machine has no multicast interface with IPv6.");
        var joined = IPAddress.Parse("ff15::7701");
        var foreign = IPAddress.Parse("ff15::7702");
        using var listener = UdpTransport.Listen("[::]:0", o => o with { MulticastGroups = [new(joined, device.Name)] });
        using var sender = UdpTransport.Listen("[::]:0", o => o with { MulticastInterface = device.Name });
        using var bystander = Bystander(foreign, ReactiveLink.Transport.LocalInterfaces.IndexOf(device.Name));
        var datagrams = Started(listener);

        sender.Send([2], new UdpEndpoint(foreign, listener.LocalEndpoint.Port));
        sender.Send([1], new UdpEndpoint(joined, listener.LocalEndpoint.Port));

        datagrams.WaitForCount(1);
        Assert.Equal([1], datagrams.Values[0].ToArray());
    }

    [Fact]
    public void An_unknown_interface_and_a_group_of_the_wrong_family_say_so()
    {
        var noDevice = Assert.Throws<LinkOpenException>(
            () => UdpTransport.Listen("0.0.0.0:0", o => o with { MulticastGroups = [new(First, "nosuch0")] }));
        Assert.StartsWith("This machine has no network interface 'nosuch0'.", noDevice.Message, StringComparison.Ordinal);

        // A name, so that only opening can tell.
        var wrongFamily = Assert.Throws<LinkOpenException>(
            () => UdpTransport.Listen("localhost:0", o => o with { MulticastGroups = [MulticastGroup.Parse("ff15::1")] }));
        Assert.Contains("cannot be joined on a socket of the other address family", wrongFamily.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_are_joined_again_when_the_socket_is_opened_again()
    {
        var options = new UdpTransportOptions
        {
            Local = EndpointText.Parse("0.0.0.0:0"),
            MulticastGroups = [new(First, Loopback)],
        };
        var binding = ReactiveLink.Transport.UdpBinding.Resolve(options);
        var factory = new ReactiveLink.Transport.UdpSocketFactory(binding, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        using var sender = UdpTransport.Listen("0.0.0.0:0", o => o with { MulticastInterface = Loopback });
        int port;
        using (var first = factory.Open(binding.Local))
        {
            port = first.LocalEndpoint.Port;
        }

        using var second = factory.Open(new UdpEndpoint(IPAddress.Any, port));
        sender.Send([5], new UdpEndpoint(First, port));

        Assert.Null(second.Receive(out var batch));
        Assert.Equal([5], batch[0].Payload.ToArray());
    }
}
