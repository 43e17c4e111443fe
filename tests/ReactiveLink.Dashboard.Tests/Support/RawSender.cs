using System.Buffers;
using System.Text;

namespace ReactiveLink.Dashboard.Tests.Support;

/// <summary>Sends frames with the sequence numbers that a test chooses.</summary>
internal sealed class RawSender(UdpEndpoint to, string source) : IDisposable
{
    private readonly UdpTransport _transport = UdpTransport.Connect(to.ToString());

    public void Send(uint sequence, string json = "0", string type = "data")
    {
        var payload = new ArrayBufferWriter<byte>();
        MessageCodecs.Json.Encode(
            new MessageMetadata { Id = sequence.ToString(System.Globalization.CultureInfo.InvariantCulture), Source = source, Type = new MessageType(type) },
            Encoding.UTF8.GetBytes(json),
            payload);
        var frame = new ArrayBufferWriter<byte>();
        FrameFormat.CrcSequenced.Write(sequence, payload.WrittenSpan, frame);
        _transport.Send(frame.WrittenSpan);
    }

    /// <summary>Something that is no frame.</summary>
    public void SendNoise() => _transport.Send("not a frame at all"u8);

    public void Dispose() => _transport.Dispose();
}
