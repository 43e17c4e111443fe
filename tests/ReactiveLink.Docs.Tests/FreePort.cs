using System.Net;
using System.Net.Sockets;

namespace ReactiveLink.Docs.Tests;

/// <summary>A port of the loopback interface that nobody used a moment ago, neither for UDP nor for TCP.</summary>
internal static class FreePort
{
    public static int Next()
    {
        while (true)
        {
            using var udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
            var port = ((IPEndPoint)udp.Client.LocalEndPoint!).Port;
            using var tcp = new TcpListener(IPAddress.Loopback, port);
            try
            {
                tcp.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it for TCP.
            }
        }
    }
}
