using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ReactiveLink.Transport;

namespace ReactiveLink.Tests.Transport;

/// <summary>The kernel's structures on 64-bit machines, by the offsets of its headers.</summary>
public sealed unsafe class LinuxNativeTests
{
    [Fact]
    public void Structures_have_the_kernels_layout()
    {
        Assert.Equal(16, sizeof(LinuxNative.IoVector));
        Assert.Equal(56, sizeof(LinuxNative.MessageHeader));
        Assert.Equal(64, sizeof(LinuxNative.MultiMessageHeader));
        Assert.Equal(8, Offset<LinuxNative.MessageHeader>("NameLength"));
        Assert.Equal(16, Offset<LinuxNative.MessageHeader>("Vectors"));
        Assert.Equal(24, Offset<LinuxNative.MessageHeader>("VectorCount"));
        Assert.Equal(32, Offset<LinuxNative.MessageHeader>("Control"));
        Assert.Equal(40, Offset<LinuxNative.MessageHeader>("ControlLength"));
        Assert.Equal(48, Offset<LinuxNative.MessageHeader>("Flags"));
        Assert.Equal(56, Offset<LinuxNative.MultiMessageHeader>("Length"));
        Assert.Equal(24, sizeof(LinuxNative.SegmentControl));
        Assert.Equal(8, Offset<LinuxNative.SegmentControl>("Level"));
        Assert.Equal(12, Offset<LinuxNative.SegmentControl>("Type"));
        Assert.Equal(16, Offset<LinuxNative.SegmentControl>("Size"));
    }

    [CapableFact]
    [Needs(Capability.Linux)]
    public void This_linux_has_recvmmsg() => Assert.True(LinuxNative.CanReceiveMessages());

    [CapableFact]
    [Needs(Capability.Linux)]
    public void This_linux_has_sendmmsg_and_segments()
    {
        Assert.True(SendSupport.Batches);
        Assert.True(SendSupport.Segments);
    }

    /// <summary>The kernel's own view of the structures: one message goes out, and arrives as two datagrams.</summary>
    [CapableFact]
    [Needs(Capability.Linux)]
    public void The_system_cuts_a_run_into_its_datagrams()
    {
        using var receiver = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        receiver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        receiver.ReceiveTimeout = (int)Recorder<int>.Deadline.TotalMilliseconds;
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var messages = 0;
        var sender = new LinuxSender(socket.SafeHandle, new PortableUdpSocket(socket, null, new UdpTransportOptions()), segments: true, Counting);
        var to = UdpEndpoint.From((IPEndPoint)receiver.LocalEndPoint!);

        Assert.Equal(3, sender.Send([new(new byte[] { 1, 1 }, to), new(new byte[] { 2, 2 }, to), new(new byte[] { 3 }, to)], null, out _));

        var buffer = new byte[16];
        Assert.Equal([(2, 1), (2, 2), (1, 3)], Enumerable.Range(0, 3).Select(_ => (receiver.Receive(buffer), (int)buffer[0])));
        Assert.Equal(1, messages);

        int Counting(LinuxNative.MultiMessageHeader* headers, int count, out int errno)
        {
            messages += count;
            var taken = LinuxNative.SendMessages(socket.SafeHandle, headers, (uint)count, 0);
            errno = taken < 0 ? Marshal.GetLastPInvokeError() : 0;
            return taken;
        }
    }

    private static int Offset<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
