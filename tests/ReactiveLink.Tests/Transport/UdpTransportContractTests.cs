using System.Net;
using System.Net.Sockets;

namespace ReactiveLink.Tests.Transport;

public sealed class UdpTransportIPv4ContractTests : DatagramTransportContract
{
    protected override IDatagramTransport Make() => UdpTransport.Listen("127.0.0.1:0");
}

public sealed class UdpTransportIPv6ContractTests : DatagramTransportContract
{
    protected override string? SkipReason => IPv6.SkipReason;

    protected override IDatagramTransport Make() => UdpTransport.Listen("[::1]:0");
}

/// <summary>IPv4 datagrams between sockets that carry both families.</summary>
public sealed class UdpTransportDualStackContractTests : DatagramTransportContract
{
    protected override string? SkipReason => IPv6.SkipReason;

    protected override IDatagramTransport Make() => UdpTransport.Listen("[::]:0");

    protected override UdpEndpoint AddressOf(IDatagramTransport transport) => new(IPAddress.Loopback, transport.LocalEndpoint.Port);
}

internal static class IPv6
{
    public static string? SkipReason { get; } = Find();

    private static string? Find()
    {
        if (!Socket.OSSupportsIPv6)
        {
            return "This machine has no IPv6.";
        }

        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return null;
        }
        catch (SocketException exception)
        {
            return "This machine cannot bind [::1]: " + exception.Message;
        }
    }
}
