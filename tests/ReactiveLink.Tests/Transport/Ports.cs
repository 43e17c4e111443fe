using System.Net;
using System.Net.Sockets;

namespace ReactiveLink.Tests.Transport;

/// <summary>Ports for tests that bind one twice: outside the range from which systems choose for port 0, so that no other test gets them.</summary>
internal static class Ports
{
    private static int _next = 12_000 + (Environment.ProcessId % 1000 * 20);

    public static int Free()
    {
        while (true)
        {
            var port = Interlocked.Increment(ref _next);
            if (IsFree(port))
            {
                return port;
            }
        }
    }

    public static bool IsFree(int port)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
