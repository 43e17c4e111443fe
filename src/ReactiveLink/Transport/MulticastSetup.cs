using System.Net;
using System.Net.Sockets;

namespace ReactiveLink.Transport;

/// <summary>Sets a socket's multicast options and joins its groups.</summary>
internal static class MulticastSetup
{
    /// <exception cref="LinkOpenException">A group cannot be joined, or an interface does not exist.</exception>
    public static void Apply(Socket socket, UdpBinding binding)
    {
        var options = binding.Options;
        var v6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        var v4 = !v6 || binding.DualStack;
        if (v4)
        {
            Outgoing(socket, SocketOptionLevel.IP, options);
        }

        if (v6)
        {
            Outgoing(socket, SocketOptionLevel.IPv6, options);
        }

        if (options.MulticastGroups.IsDefaultOrEmpty)
        {
            return;
        }

        foreach (var group in options.MulticastGroups)
        {
            if (group.Address.AddressFamily == AddressFamily.InterNetworkV6 ? !v6 : !v4)
            {
                throw new LinkOpenException(
                    $"The multicast group {group} cannot be joined on a socket of the other address family. Listen on *, or on an address of the group's family.");
            }

            Join(socket, group);
        }
    }

    private static void Outgoing(Socket socket, SocketOptionLevel level, UdpTransportOptions options)
    {
        socket.SetSocketOption(level, SocketOptionName.MulticastTimeToLive, options.MulticastTimeToLive);
        socket.SetSocketOption(level, SocketOptionName.MulticastLoopback, options.MulticastLoopback ? 1 : 0);
        var name = options.MulticastInterface ?? FirstInterface(options);
        if (name is not null)
        {
            // IPv4 takes an index in network order, which tells it from an address; IPv6 takes it as it is.
            var index = LocalInterfaces.IndexOf(name);
            socket.SetSocketOption(
                level, SocketOptionName.MulticastInterface, level == SocketOptionLevel.IP ? IPAddress.HostToNetworkOrder(index) : index);
        }
    }

    private static string? FirstInterface(UdpTransportOptions options)
    {
        if (!options.MulticastGroups.IsDefaultOrEmpty)
        {
            foreach (var group in options.MulticastGroups)
            {
                if (group.Interface is not null)
                {
                    return group.Interface;
                }
            }
        }

        return null;
    }

    private static void Join(Socket socket, MulticastGroup group)
    {
        try
        {
            if (group.Address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                var index = group.Interface is null ? group.Address.ScopeId : LocalInterfaces.IndexOf(group.Interface);
                socket.SetSocketOption(
                    SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(group.Address, index));
            }
            else
            {
                var option = group.Interface is null
                    ? new MulticastOption(group.Address)
                    : new MulticastOption(group.Address, LocalInterfaces.IndexOf(group.Interface));
                socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, option);
            }
        }
        catch (SocketException exception)
        {
            throw new LinkOpenException(
                $"The multicast group {group} cannot be joined: {exception.Message}. Name an interface that is up, for example {group.Address}@eth0.",
                exception);
        }
    }
}
