using System.Net;
using System.Net.Sockets;

namespace ReactiveLink.Testing;

/// <content>Where a datagram goes. Everything here is under the lock.</content>
public sealed partial class VirtualNetwork
{
    /// <summary>Finds the hosts that a datagram goes to and the endpoint that it comes from.</summary>
    /// <returns>Why the system refuses the send, or null.</returns>
    private SocketError? Route(VirtualTransport sender, UdpEndpoint destination, out UdpEndpoint source, out List<VirtualHost> targets, out NetworkEventKind nowhere)
    {
        targets = [];
        nowhere = NetworkEventKind.NoRoute;
        source = sender.LocalEndpoint;
        if (!sender.IsBound)
        {
            return SocketError.NetworkDown;
        }

        var address = destination.Address;
        if (!sender.Carries(destination.AddressFamily))
        {
            return SocketError.AddressFamilyNotSupported;
        }

        if (destination.Port == 0 || Addresses.IsAny(address))
        {
            return SocketError.InvalidArgument;
        }

        var host = sender.Host;
        if (Source(sender, address) is not { } from)
        {
            return SocketError.NetworkUnreachable;
        }

        if (IPAddress.IsLoopback(from) && !host.Owns(address))
        {
            // Nothing but this host is reached from its loopback address.
            return SocketError.InvalidArgument;
        }

        source = new UdpEndpoint(from, source.Port);
        if (Addresses.IsMulticast(address))
        {
            AddGroup(sender, destination, targets);
        }
        else if (host.IsBroadcast(address))
        {
            if (!sender.Binding.Options.Broadcast)
            {
                return SocketError.AccessDenied;
            }

            targets.AddRange(_hosts.Values.Where(other => (ReferenceEquals(other, host) || host.SharesSubnet(other)) && other.TakesGroup(destination)));
        }
        else if (host.Owns(address))
        {
            targets.Add(host);
        }
        else
        {
            nowhere = AddElsewhere(sender, destination, ref source, targets);
        }

        return null;
    }

    /// <summary>The address that a transport sends from, as a system chooses it.</summary>
    private static IPAddress? Source(VirtualTransport sender, IPAddress to)
    {
        var host = sender.Host;
        var bound = sender.LocalEndpoint.Address;
        if (host.Owns(bound))
        {
            return bound;
        }

        if (host.Owns(to))
        {
            return to;
        }

        var near = host.Subnets.FirstOrDefault(subnet => subnet.Contains(to)) ?? host.Subnets.FirstOrDefault(subnet => subnet.Address.AddressFamily == to.AddressFamily);
        return near?.Address;
    }

    private void AddGroup(VirtualTransport sender, UdpEndpoint group, List<VirtualHost> targets)
    {
        var host = sender.Host;
        var hops = sender.Binding.Options.MulticastTimeToLive;
        targets.AddRange(_hosts.Values.Where(other => other.TakesGroup(group)
            && (ReferenceEquals(other, host)
                ? sender.Binding.Options.MulticastLoopback
                : hops > 1 ? ReferenceEquals(host.Nat, other.Nat) : hops == 1 && host.SharesSubnet(other))));
    }

    /// <returns>What the end is called if there is no target.</returns>
    private NetworkEventKind AddElsewhere(VirtualTransport sender, UdpEndpoint destination, ref UdpEndpoint source, List<VirtualHost> targets)
    {
        var host = sender.Host;
        var address = destination.Address;
        VirtualHost target;
        if (_nats.TryGetValue(address, out var nat))
        {
            if (!nat.TryInside(destination.Port, out var inside))
            {
                return NetworkEventKind.NoMapping;
            }

            target = inside.Host;
        }
        else if (!_byAddress.TryGetValue(address, out target!) || (target.Nat is { } before && !ReferenceEquals(before, host.Nat)))
        {
            return NetworkEventKind.NoRoute;
        }

        if (host.Nat is { } own && !(ReferenceEquals(own, target.Nat) && nat is null))
        {
            if (own.Outside(host, source) is not { } outside)
            {
                return NetworkEventKind.NoMapping;
            }

            source = outside;
        }

        targets.Add(target);
        return NetworkEventKind.NoRoute;
    }
}
