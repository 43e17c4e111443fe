using System.Buffers.Binary;

namespace ReactiveLink.Testing;

/// <summary>IPv4 (RFC 791) and IPv6 with its extension headers (RFC 8200).</summary>
internal static class IPLayer
{
    public const int Udp = 17;

    /// <summary>Reads the headers.</summary>
    /// <returns>Null, or what is impossible in them. What is cut off is told by <see cref="IPPacket.IsShort"/>.</returns>
    public static string? Read(ReadOnlySpan<byte> bytes, out IPPacket packet) =>
        bytes[0] >> 4 == 4 ? ReadIPv4(bytes, out packet) : ReadIPv6(bytes, out packet);

    /// <summary>Follows IPv6's extension headers, from where they begin, to what they carry.</summary>
    public static void ReadExtensions(ref IPPacket packet)
    {
        while (!packet.IsShort)
        {
            var rest = packet.Payload;
            if (packet.Protocol is not (0 or 43 or 44 or 51 or 60 or 135 or 139 or 140))
            {
                return;
            }

            if (rest.Length < 8)
            {
                packet.IsShort = true;
                return;
            }

            var (protocol, length) = (packet.Protocol, rest[1]);
            packet.Protocol = rest[0];
            if (protocol == 44)
            {
                var field = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
                packet.Payload = rest[8..];
                packet.FragmentOffset = field & 0xFFF8;
                packet.HasMoreFragments = (field & 1) != 0;
                packet.Identification = BinaryPrimitives.ReadUInt32BigEndian(rest[4..]);
                if (packet.IsFragment)
                {
                    return;
                }

                continue;
            }

            var size = protocol == 51 ? (length + 2) * 4 : (length + 1) * 8;
            packet.IsShort = size > rest.Length;
            packet.Payload = packet.IsShort ? default : rest[size..];
        }
    }

    private static string? ReadIPv4(ReadOnlySpan<byte> bytes, out IPPacket packet)
    {
        packet = default;
        packet.IsShort = bytes.Length < 20;
        if (packet.IsShort)
        {
            return null;
        }

        var header = (bytes[0] & 0xF) * 4;
        var total = (int)BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);

        // A sender that leaves the segmenting to its network card is captured with a length of 0.
        total = total == 0 ? bytes.Length : total;
        if (header < 20 || total < header)
        {
            return "impossible IPv4 header lengths";
        }

        var fragment = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        packet.FragmentOffset = (fragment & 0x1FFF) * 8;
        packet.HasMoreFragments = (fragment & 0x2000) != 0;
        packet.Identification = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        packet.Protocol = bytes[9];
        packet.Source = bytes.Slice(12, 4);
        packet.Destination = bytes.Slice(16, 4);
        packet.IsShort = bytes.Length < header;
        packet.IsPayloadShort = bytes.Length < total;
        packet.Payload = packet.IsShort ? default : bytes[header..Math.Min(total, bytes.Length)];
        return null;
    }

    private static string? ReadIPv6(ReadOnlySpan<byte> bytes, out IPPacket packet)
    {
        packet = default;
        packet.IsShort = bytes.Length < 40;
        if (packet.IsShort)
        {
            return null;
        }

        var length = (int)BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        length = length == 0 ? bytes.Length - 40 : length;
        packet.Protocol = bytes[6];
        packet.Source = bytes.Slice(8, 16);
        packet.Destination = bytes.Slice(24, 16);
        packet.IsPayloadShort = bytes.Length < 40 + length;
        packet.Payload = bytes.Slice(40, Math.Min(length, bytes.Length - 40));
        ReadExtensions(ref packet);
        return null;
    }
}
