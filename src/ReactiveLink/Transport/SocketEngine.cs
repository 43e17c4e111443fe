namespace ReactiveLink;

/// <summary>How a transport exchanges datagrams with the system. What subscribers see is the same.</summary>
public enum SocketEngine
{
    /// <summary>The fastest way that the system has, found out at run time: recvmmsg and sendmmsg on 64-bit Linux, else the portable way.</summary>
    Automatic,

    /// <summary>.NET's own sockets, one datagram a system call.</summary>
    Portable,
}
