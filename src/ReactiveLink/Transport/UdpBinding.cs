using System.Net;
using System.Net.Sockets;

namespace ReactiveLink.Transport;

/// <summary>Transport options with their names resolved: what to bind, what to connect, in which address family.</summary>
internal sealed class UdpBinding
{
    private UdpBinding(UdpEndpoint local, UdpEndpoint? remote, bool dualStack, UdpTransportOptions options)
    {
        Local = local;
        Remote = remote;
        DualStack = dualStack;
        Options = options;
    }

    public UdpEndpoint Local { get; }

    /// <summary>The default destination, or null for a listener.</summary>
    public UdpEndpoint? Remote { get; }

    public bool DualStack { get; }

    public UdpTransportOptions Options { get; }

    /// <summary>
    /// Whether the socket is connected to the remote. Not to a group or a broadcast address: nobody sends from one, so nothing would be received.
    /// </summary>
    public bool Connects => Remote is not null && !MulticastGroup.IsMulticast(Remote.Address) && !Options.Broadcast
        && !Remote.Address.Equals(IPAddress.Broadcast);

    /// <summary>The payload limit: 65,535 less the headers that the length field covers; the smaller one if both families are in use.</summary>
    public int MaximumPayloadSize => Local.AddressFamily == AddressFamily.InterNetworkV6
        && (Remote is null ? !DualStack : Remote.AddressFamily == AddressFamily.InterNetworkV6)
            ? 65_527
            : 65_507;

    /// <summary>Resolves the options' endpoints.</summary>
    /// <exception cref="LinkOpenException">A name does not resolve, or the families do not fit.</exception>
    public static UdpBinding Resolve(UdpTransportOptions options)
    {
        var localFamily = options.Local?.Address?.AddressFamily ?? AddressFamily.Unspecified;
        var remote = options.Remote?.Resolve(localFamily);
        var local = options.Local is { } text ? text.Resolve(LocalPreference(options, remote)) : AnyAddress(remote!.AddressFamily);
        var dualStack = local.AddressFamily == AddressFamily.InterNetworkV6
            && (options.DualStack ?? local.Address.Equals(IPAddress.IPv6Any));
        if (remote is not null && remote.AddressFamily != local.AddressFamily && !(dualStack && remote.AddressFamily == AddressFamily.InterNetwork))
        {
            throw new LinkOpenException(
                $"The remote endpoint {remote} cannot be reached from the local address {local.Address}: the address families differ. "
                + "Leave Local unset, or use an address of the remote's family.");
        }

        return new UdpBinding(local, remote, dualStack, options);
    }

    private static UdpEndpoint AnyAddress(AddressFamily family) =>
        new(family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);

    private static AddressFamily LocalPreference(UdpTransportOptions options, UdpEndpoint? remote)
    {
        if (remote is not null)
        {
            return remote.AddressFamily;
        }

        // Any address with groups of IPv4 alone: an IPv4 socket does, on every platform.
        var groups = options.MulticastGroups;
        return !groups.IsDefaultOrEmpty && groups.All(g => g.Address.AddressFamily == AddressFamily.InterNetwork)
            ? AddressFamily.InterNetwork
            : AddressFamily.Unspecified;
    }
}
