using System.Net;

namespace ReactiveLink.Tests.Transport;

public sealed class UdpTransportIPv4ContractTests : DatagramTransportContract
{
    protected override IDatagramTransport Make() => UdpTransport.Listen("127.0.0.1:0");
}

[Needs(Capability.IPv6)]
public sealed class UdpTransportIPv6ContractTests : DatagramTransportContract
{
    protected override IDatagramTransport Make() => UdpTransport.Listen("[::1]:0");
}

/// <summary>IPv4 datagrams between sockets that carry both families.</summary>
[Needs(Capability.IPv6)]
public sealed class UdpTransportDualStackContractTests : DatagramTransportContract
{
    protected override IDatagramTransport Make() => UdpTransport.Listen("[::]:0");

    protected override UdpEndpoint AddressOf(IDatagramTransport transport) => new(IPAddress.Loopback, transport.LocalEndpoint.Port);
}

/// <summary>.NET's own sockets, also where the system has a faster way.</summary>
public sealed class UdpTransportPortableContractTests : DatagramTransportContract
{
    protected override IDatagramTransport Make() => UdpTransport.Listen("127.0.0.1:0", options => options with { Engine = SocketEngine.Portable });
}

/// <summary>As above, with IPv4 and IPv6 on one socket.</summary>
[Needs(Capability.IPv6)]
public sealed class UdpTransportPortableDualStackContractTests : DatagramTransportContract
{
    protected override IDatagramTransport Make() => UdpTransport.Listen("[::]:0", options => options with { Engine = SocketEngine.Portable });

    protected override UdpEndpoint AddressOf(IDatagramTransport transport) => new(IPAddress.Loopback, transport.LocalEndpoint.Port);
}

/// <summary>Batches without UDP_SEGMENT.</summary>
public sealed class UdpTransportUnsegmentedContractTests : DatagramTransportContract
{
    protected override IDatagramTransport Make() => UdpTransport.Listen("127.0.0.1:0", options => options with { SendSegmentation = false });
}
