using System.Net;
using ReactiveLink.Transport;

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

/// <summary>A kernel without recvmmsg.</summary>
public sealed class UdpTransportWithoutBatchesContractTests : DatagramTransportContract
{
    protected override IDatagramTransport Make() => Transports.Listen("127.0.0.1:0", LinuxFeatures.All & ~LinuxFeatures.Batches);
}

/// <summary>A kernel without UDP_GRO.</summary>
public sealed class UdpTransportWithoutCoalescingContractTests : DatagramTransportContract
{
    protected override IDatagramTransport Make() => Transports.Listen("127.0.0.1:0", LinuxFeatures.All & ~LinuxFeatures.Coalescing);
}

/// <summary>Drops told with the datagrams.</summary>
public sealed class UdpTransportPromptDropsContractTests : DatagramTransportContract
{
    protected override IDatagramTransport Make() => UdpTransport.Listen("127.0.0.1:0", options => options with { PromptKernelDrops = true });
}

/// <summary>The same asked for, on a kernel that does not tell.</summary>
public sealed class UdpTransportWithoutDropCountsContractTests : DatagramTransportContract
{
    protected override IDatagramTransport Make() => Transports.Listen(
        "127.0.0.1:0", LinuxFeatures.All & ~LinuxFeatures.DropCounts, options => options with { PromptKernelDrops = true });
}

/// <summary>A kernel that does not filter groups, on a socket of both families.</summary>
[Needs(Capability.IPv6)]
public sealed class UdpTransportWithoutMulticastFilterContractTests : DatagramTransportContract
{
    protected override IDatagramTransport Make() => Transports.Listen("[::]:0", LinuxFeatures.All & ~LinuxFeatures.MulticastFilter);

    protected override UdpEndpoint AddressOf(IDatagramTransport transport) => new(IPAddress.Loopback, transport.LocalEndpoint.Port);
}

/// <summary>A kernel that has recvmmsg and nothing else.</summary>
public sealed class UdpTransportBatchesAloneContractTests : DatagramTransportContract
{
    protected override IDatagramTransport Make() => Transports.Listen("127.0.0.1:0", LinuxFeatures.Batches);
}

/// <summary>The system's time stamps.</summary>
public sealed class UdpTransportTimestampsContractTests : DatagramTransportContract
{
    protected override IDatagramTransport Make() => UdpTransport.Listen("127.0.0.1:0", options => options with { KernelTimestamps = true });
}

/// <summary>Time stamps asked for, on a kernel without them.</summary>
public sealed class UdpTransportWithoutTimestampsContractTests : DatagramTransportContract
{
    protected override IDatagramTransport Make() => Transports.Listen(
        "127.0.0.1:0", LinuxFeatures.All & ~LinuxFeatures.Timestamps, options => options with { KernelTimestamps = true });
}

/// <summary>Batches without UDP_SEGMENT.</summary>
public sealed class UdpTransportUnsegmentedContractTests : DatagramTransportContract
{
    protected override IDatagramTransport Make() => UdpTransport.Listen("127.0.0.1:0", options => options with { SendSegmentation = false });
}
