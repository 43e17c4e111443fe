using System.Net;
using System.Net.Sockets;

namespace ReactiveLink.Testing;

/// <summary>Transport options with their names resolved, by the same rules as a real transport's.</summary>
internal sealed record VirtualBinding(UdpEndpoint Local, UdpEndpoint? Remote, bool DualStack, UdpTransportOptions Options)
{
    /// <summary>Whether datagrams are taken from the remote alone. Not from a group or a broadcast address: nobody sends from one.</summary>
    public bool Connects { get; } = Remote is not null && !Addresses.IsMulticast(Remote.Address) && !Options.Broadcast && !Remote.Address.Equals(IPAddress.Broadcast);

    public int MaximumPayloadSize => Local.AddressFamily == AddressFamily.InterNetworkV6
        && (Remote is null ? !DualStack : Remote.AddressFamily == AddressFamily.InterNetworkV6)
            ? 65_527
            : 65_507;

    public static VirtualBinding Resolve(VirtualHost host, UdpTransportOptions options)
    {
        var remote = options.Remote is { } text ? Find(host, text, options.Local?.Address?.AddressFamily ?? AddressFamily.Unspecified) : null;
        var preference = remote?.AddressFamily
            ?? (!options.MulticastGroups.IsDefaultOrEmpty && options.MulticastGroups.All(g => g.Address.AddressFamily == AddressFamily.InterNetwork)
                ? AddressFamily.InterNetwork
                : AddressFamily.Unspecified);
        var local = options.Local is { } wanted ? Find(host, wanted, preference) : new UdpEndpoint(Addresses.Any(remote!.AddressFamily), 0);
        var dualStack = local.AddressFamily == AddressFamily.InterNetworkV6 && (options.DualStack ?? local.Address.Equals(IPAddress.IPv6Any));
        if (remote is not null && remote.AddressFamily != local.AddressFamily && !(dualStack && remote.AddressFamily == AddressFamily.InterNetwork))
        {
            throw new LinkOpenException(
                $"The remote endpoint {remote} cannot be reached from the local address {local.Address}: the address families differ. "
                + "Leave Local unset, or use an address of the remote's family.");
        }

        return new VirtualBinding(local, remote, dualStack, options);
    }

    public static LinkOpenException CannotBind(UdpEndpoint local, SocketError error)
    {
        var exception = new SocketException((int)error);
        return new LinkOpenException(
            error switch
            {
                SocketError.AddressAlreadyInUse =>
                    $"Port {local.Port} is in use on {local.Address}. Choose another port, or 0 for any free one, or close the transport that uses it.",
                SocketError.AddressNotAvailable =>
                    $"The address {local.Address} is not one of this host. Bind one of its own addresses, or * for all of them.",
                SocketError.NetworkDown => $"The local endpoint {local} cannot be bound: the host is down.",
                _ => $"The local endpoint {local} cannot be bound: {exception.Message}.",
            },
            exception);
    }

    /// <summary>As the real resolution, but names are those of the network's hosts and any address is of a family that the host has.</summary>
    private static UdpEndpoint Find(VirtualHost host, EndpointText text, AddressFamily preference)
    {
        if (text.IsAny)
        {
            var v6 = preference == AddressFamily.InterNetworkV6
                || (preference == AddressFamily.Unspecified && host.Addresses.Any(a => a.AddressFamily == AddressFamily.InterNetworkV6));
            return new UdpEndpoint(v6 ? IPAddress.IPv6Any : IPAddress.Any, text.Port);
        }

        if (text.Address is not null)
        {
            return new UdpEndpoint(text.Address, text.Port);
        }

        var wanted = preference == AddressFamily.Unspecified ? AddressFamily.InterNetwork : preference;
        var addresses = text.Host == "localhost" ? [Addresses.Loopback(wanted)] : host.Network.FindHost(text.Host)?.Addresses ?? [];
        var address = addresses.FirstOrDefault(a => a.AddressFamily == wanted) ?? addresses.FirstOrDefault();
        return address is null
            ? throw new LinkOpenException($"The name '{text.Host}' is not one of the network's hosts. Check the name, or write an IP address.")
            : new UdpEndpoint(address, text.Port);
    }
}
