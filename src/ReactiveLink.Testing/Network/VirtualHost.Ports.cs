using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace ReactiveLink.Testing;

/// <content>Ports. Everything here is under the network's lock.</content>
public sealed partial class VirtualHost
{
    private const int FirstEphemeral = 49_152;
    private const int LastEphemeral = 65_535;

    private int _lastEphemeral = FirstEphemeral - 1;

    internal bool Up { get; set; } = true;

    /// <summary>Every transport that is open, bound or not, in the order of opening.</summary>
    internal ImmutableArray<VirtualTransport> Transports { get; set; } = [];

    /// <summary>Binds a transport, with a port of the system's choice if its port is 0.</summary>
    /// <returns>Why not, or null.</returns>
    internal SocketError? Bind(VirtualTransport transport)
    {
        if (!Up)
        {
            return SocketError.NetworkDown;
        }

        var local = transport.LocalEndpoint;
        if (!IsBindable(local.Address))
        {
            return SocketError.AddressNotAvailable;
        }

        if (local.Port == 0)
        {
            if (FreePort(transport) is not { } port)
            {
                return SocketError.AddressAlreadyInUse;
            }

            local = new UdpEndpoint(local.Address, port);
        }
        else if (IsTaken(transport, local.Port))
        {
            return SocketError.AddressAlreadyInUse;
        }

        transport.Bound(local);
        return null;
    }

    /// <summary>The transports that get a datagram.</summary>
    internal List<VirtualTransport> Receivers(UdpEndpoint to, UdpEndpoint from)
    {
        List<VirtualTransport> found = [];
        if (Testing.Addresses.IsMulticast(to.Address) || IsBroadcast(to.Address))
        {
            foreach (var transport in Transports)
            {
                if (transport.IsBound && transport.TakesFrom(from) && TakesGroup(transport, to))
                {
                    found.Add(transport);
                }
            }

            return found;
        }

        // The best fit, and of equals the last bound, as Linux does.
        VirtualTransport? best = null;
        var bestScore = 0;
        foreach (var transport in Transports)
        {
            var score = !transport.IsBound || !transport.TakesFrom(from) || !transport.Takes(to) ? 0
                : 1 + (transport.Binding.Connects ? 2 : 0) + (Testing.Addresses.IsAny(transport.LocalEndpoint.Address) ? 0 : 1);
            if (score > 0 && score >= bestScore)
            {
                best = transport;
                bestScore = score;
            }
        }

        if (best is not null)
        {
            found.Add(best);
        }

        return found;
    }

    internal bool TakesGroup(UdpEndpoint to) => Transports.Any(transport => transport.IsBound && TakesGroup(transport, to));

    internal bool Owns(IPAddress address) => IPAddress.IsLoopback(address) || Addresses.Contains(address);

    internal bool SharesSubnet(VirtualHost other) =>
        ReferenceEquals(Nat, other.Nat) && Subnets.Any(subnet => other.Addresses.Any(subnet.Contains));

    internal bool IsBroadcast(IPAddress address) => address.Equals(IPAddress.Broadcast) || Subnets.Any(subnet => address.Equals(subnet.Broadcast));

    private static bool TakesGroup(VirtualTransport transport, UdpEndpoint to)
    {
        var local = transport.LocalEndpoint;
        if (local.Port != to.Port || !transport.Carries(to.AddressFamily))
        {
            return false;
        }

        var multicast = Testing.Addresses.IsMulticast(to.Address);
        return (Testing.Addresses.IsAny(local.Address) || local.Address.Equals(to.Address)) && (!multicast || transport.IsMember(to.Address));
    }

    private bool IsBindable(IPAddress address) =>
        Testing.Addresses.IsAny(address) || Owns(address) || Testing.Addresses.IsMulticast(address) || IsBroadcast(address);

    private int? FreePort(VirtualTransport transport)
    {
        for (var i = FirstEphemeral; i <= LastEphemeral; i++)
        {
            _lastEphemeral = _lastEphemeral == LastEphemeral ? FirstEphemeral : _lastEphemeral + 1;
            if (!IsTaken(transport, _lastEphemeral))
            {
                return _lastEphemeral;
            }
        }

        return null;
    }

    private bool IsTaken(VirtualTransport transport, int port) => Transports.Any(other =>
        other.IsBound && !ReferenceEquals(other, transport) && other.LocalEndpoint.Port == port && Overlap(transport, other)
        && !(transport.Binding.Options.ReuseAddress && other.Binding.Options.ReuseAddress));

    private static bool Overlap(VirtualTransport one, VirtualTransport other)
    {
        var a = one.LocalEndpoint.Address;
        var b = other.LocalEndpoint.Address;
        return a.Equals(b)
            || (Testing.Addresses.IsAny(a) && one.Carries(b.AddressFamily))
            || (Testing.Addresses.IsAny(b) && other.Carries(a.AddressFamily));
    }
}
