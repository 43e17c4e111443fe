using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace ReactiveLink.Tests.Support;

/// <summary>Datagrams as an original peer puts them on the wire, written independently of the library's own framing.</summary>
internal static class Wire
{
    public static UdpEndpoint Remote { get; } = new(IPAddress.Parse("192.0.2.1"), 40_000);

    public static UdpEndpoint OtherRemote { get; } = new(IPAddress.Parse("192.0.2.2"), 40_001);

    /// <summary>Profile A around any payload.</summary>
    public static byte[] Frame(uint sequence, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[8 + payload.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), sequence);
        payload.CopyTo(frame.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(frame, Crc(frame.AsSpan(4)));
        return frame;
    }

    /// <summary>Profile A around an envelope with the given data.</summary>
    public static byte[] Message(uint sequence, string data = "1", string type = "data", string source = "plant") =>
        Frame(sequence, Encoding.UTF8.GetBytes(Envelope(data, type, source)));

    public static string Envelope(string data, string type = "data", string source = "plant") =>
        $$"""{"metadata": {"message_id": "udp_1", "timestamp": 1700000000.5, "message_type": "{{type}}", "priority": 2, "source": "{{source}}", "destination": null, "correlation_id": null}, "data": {{data}}}""";

    public static byte[] Corrupt(byte[] frame)
    {
        var copy = frame.ToArray();
        copy[^1] ^= 1;
        return copy;
    }

    /// <summary>CRC-32 bit by bit: slow and plain.</summary>
    public static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
            }
        }

        return ~crc;
    }
}
