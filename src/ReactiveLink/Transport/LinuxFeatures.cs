using System.Net.Sockets;

namespace ReactiveLink.Transport;

/// <summary>What receiving on Linux may use, each found out by itself when a socket is opened.</summary>
[Flags]
internal enum LinuxFeatures
{
    None = 0,

    /// <summary>recvmmsg(2): many datagrams by one system call. Without it the portable engine receives.</summary>
    Batches = 1,

    /// <summary>UDP_GRO: datagrams of one size from one remote come in one piece.</summary>
    Coalescing = 2,

    /// <summary>SO_TIMESTAMPNS: when the system received a datagram.</summary>
    Timestamps = 4,

    /// <summary>SO_RXQ_OVFL: how many datagrams the socket had dropped when this one came.</summary>
    DropCounts = 8,

    /// <summary>IP_MULTICAST_ALL and IPV6_MULTICAST_ALL off: the system keeps groups away that this socket did not join.</summary>
    MulticastFilter = 16,

    /// <summary>IP_PKTINFO and IPV6_RECVPKTINFO: whom a datagram was sent to, to keep those groups away ourselves.</summary>
    Destinations = 32,

    All = Batches | Coalescing | Timestamps | DropCounts | MulticastFilter | Destinations,
}

/// <summary>Turns a socket's features on. Whatever a kernel or a sandbox refuses, for whatever reason, is done without.</summary>
internal static class LinuxSocketOptions
{
    private const int SolIp = 0;
    private const int IpPacketInfo = 8;
    private const int IpMulticastAll = 49;
    private const int SolSocket = 1;
    private const int SoReceiveBufferForce = 33;
    private const int SoTimestampNanoseconds = 35;
    private const int SoReceiveQueueOverflow = 40;
    private const int SolUdp = 17;
    private const int UdpGro = 104;
    private const int SolIPv6 = 41;
    private const int IPv6MulticastAll = 29;
    private const int IPv6ReceivePacketInfo = 49;

    /// <summary>Turns on what is wanted.</summary>
    /// <param name="socket">Not yet bound, so that no datagram comes before the options.</param>
    /// <param name="wanted">Which features.</param>
    /// <returns>Those that the system has.</returns>
    public static LinuxFeatures Enable(Socket socket, LinuxFeatures wanted)
    {
        var v6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        var enabled = wanted & LinuxFeatures.Batches;

        // By default a socket gets the datagrams of every group that any socket of the machine joined (ip(7), IP_MULTICAST_ALL).
        if (wanted.HasFlag(LinuxFeatures.MulticastFilter)
            && (TrySet(socket, SolIp, IpMulticastAll, 0) & (!v6 || TrySet(socket, SolIPv6, IPv6MulticastAll, 0))))
        {
            enabled |= LinuxFeatures.MulticastFilter;
        }
        else if (wanted.HasFlag(LinuxFeatures.Batches | LinuxFeatures.Destinations)
            && (v6 ? TrySet(socket, SolIPv6, IPv6ReceivePacketInfo, 1) : TrySet(socket, SolIp, IpPacketInfo, 1)))
        {
            enabled |= LinuxFeatures.Destinations;
        }

        // The others come as control messages, which only recvmmsg reads.
        return wanted.HasFlag(LinuxFeatures.Batches)
            ? enabled
                | Enable(socket, wanted & LinuxFeatures.Coalescing, SolUdp, UdpGro)
                | Enable(socket, wanted & LinuxFeatures.Timestamps, SolSocket, SoTimestampNanoseconds)
                | Enable(socket, wanted & LinuxFeatures.DropCounts, SolSocket, SoReceiveQueueOverflow)
            : enabled;
    }

    /// <summary>Sets a receive buffer beyond the system's limit, which needs CAP_NET_ADMIN.</summary>
    /// <returns>Whether this process may.</returns>
    public static bool TryForceReceiveBuffer(Socket socket, int bytes) => TrySet(socket, SolSocket, SoReceiveBufferForce, bytes);

    private static LinuxFeatures Enable(Socket socket, LinuxFeatures feature, int level, int name) =>
        feature != LinuxFeatures.None && TrySet(socket, level, name, 1) ? feature : LinuxFeatures.None;

    private static bool TrySet(Socket socket, int level, int name, int value)
    {
        try
        {
            socket.SetRawSocketOption(level, name, BitConverter.GetBytes(value));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
