using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ReactiveLink.Tool.Tests.Processes;

/// <summary>A socket of the test's own that sends frames, one number after the other.</summary>
internal sealed class TestSender : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly FrameFormat _format;
    private readonly IPEndPoint _target;

    public TestSender(string target, FrameFormat? format = null)
    {
        _format = format ?? FrameFormat.CrcSequenced;
        _target = IPEndPoint.Parse(target);
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    }

    public uint Next { get; private set; }

    public string Endpoint => _socket.LocalEndPoint!.ToString()!;

    public void Send(string data, string source = "test", string type = "data", double timestamp = 1700000000.5)
    {
        var payload = new ArrayBufferWriter<byte>();
        MessageCodecs.Json.Encode(
            new MessageMetadata { Id = $"m{Next}", Timestamp = timestamp, Source = source, Type = new MessageType(type) }, Encoding.UTF8.GetBytes(data), payload);
        var frame = new ArrayBufferWriter<byte>();
        _format.Write(Next++, payload.WrittenSpan, frame);
        SendRaw(frame.WrittenSpan);
    }

    /// <summary>Leaves out numbers, as if what bore them were lost.</summary>
    public void Skip(uint count) => Next += count;

    public void SendRaw(ReadOnlySpan<byte> datagram) => _socket.SendTo(datagram, _target);

    public void Dispose() => _socket.Dispose();
}
