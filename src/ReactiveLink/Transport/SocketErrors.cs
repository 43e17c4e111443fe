using System.Net.Sockets;

namespace ReactiveLink.Transport;

/// <summary>What a socket error means for the receive loop.</summary>
internal enum SocketErrorClass
{
    /// <summary>It concerns one datagram or one moment; the socket works on.</summary>
    Passing,

    /// <summary>The socket does not exist any more; only a new one helps.</summary>
    Dead,
}

/// <summary>Classifies socket errors. What is unknown counts as passing: if it does not pass, it comes again and the loop escalates.</summary>
internal static class SocketErrors
{
    public static SocketErrorClass Classify(SocketError error) => error switch
    {
        // EBADF and a disposed socket object, ENOTSOCK, ENXIO, EINVAL, a socket shut down by others.
        SocketError.OperationAborted or SocketError.NotSocket or SocketError.HostNotFound or SocketError.InvalidArgument
            or SocketError.Shutdown or SocketError.Disconnecting or SocketError.NotInitialized => SocketErrorClass.Dead,
        _ => SocketErrorClass.Passing,
    };

    /// <summary>
    /// Whether an error of receiving is what an ICMP message made of it: a connected socket hands out one error for what came since it was last asked, and works
    /// on. Linux: the fatal ones of icmp(7) (ports, protocols, hosts and networks unreachable or forbidden, a datagram too large for the way).
    /// </summary>
    public static bool IsIcmp(SocketError error) => IsPendingIcmp(error)
        || error is SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.AccessDenied or SocketError.MessageSize;

    /// <summary>
    /// Whether an error of sending may tell of an earlier datagram: an ICMP "port unreachable" that waited at the socket, or what firewalls answer in its place ("host
    /// prohibited", "protocol unreachable"). If it is about the present one, it comes again.
    /// </summary>
    public static bool IsPendingIcmp(SocketError error) => error is SocketError.ConnectionRefused
        or SocketError.ConnectionReset or SocketError.HostUnreachable or SocketError.ProtocolOption;
}
