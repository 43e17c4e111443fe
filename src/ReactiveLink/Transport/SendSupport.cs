using System.Net.Sockets;

namespace ReactiveLink.Transport;

/// <summary>What this system can do to send many datagrams at once, asked once.</summary>
internal static class SendSupport
{
    private static readonly Lazy<bool> KnowsBatches = new(LinuxNative.CanSendMessages);
    private static readonly Lazy<bool> KnowsSegments = new(() => OperatingSystem.IsLinux() && AskForSegments());

    /// <summary>sendmmsg.</summary>
    public static bool Batches => KnowsBatches.Value;

    /// <summary>UDP_SEGMENT. It must be known before it is used: an older system ignores it and sends a run as one large datagram.</summary>
    public static bool Segments => KnowsSegments.Value;

    private static bool AskForSegments()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.SetRawSocketOption(LinuxNative.UdpLevel, LinuxNative.UdpSegment, [0, 0, 0, 0]);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
