using System.Net;
using System.Net.Sockets;

namespace ReactiveLink.Benchmarks.Receive;

/// <summary>The socket that every plain contestant uses.</summary>
internal static class Loopback
{
    public const int LargestDatagram = 65535;

    public static Socket Bind(int receiveBufferBytes)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = receiveBufferBytes };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    public static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;
}
