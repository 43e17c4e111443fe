using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace ReactiveLink.Testing;

/// <summary>The IP and UDP headers that a datagram had, as far as its two ends tell: RFC 791, RFC 8200, RFC 768.</summary>
internal static class PacketHeaders
{
    public const int Largest = 48;
    public const int Udp = 17;

    private const int UdpSize = 8;
    private const int HopLimit = 64;

    /// <summary>The largest payload that fits: 65507 bytes in IPv4, 65527 in IPv6.</summary>
    public static int MaximumPayload(UdpEndpoint source) => 65_535 - UdpSize - (source.AddressFamily == AddressFamily.InterNetwork ? 20 : 0);

    /// <summary>Writes the headers.</summary>
    /// <returns>Their length.</returns>
    public static int Write(Span<byte> target, UdpEndpoint source, UdpEndpoint destination, ReadOnlySpan<byte> payload)
    {
        var isV4 = source.AddressFamily == AddressFamily.InterNetwork;
        var to = destination.AddressFamily == source.AddressFamily ? destination.Address : isV4 ? IPAddress.Any : IPAddress.IPv6Any;
        var ip = isV4 ? WriteIPv4(target, source.Address, to, payload.Length) : WriteIPv6(target, source.Address, to, payload.Length);
        var udp = target.Slice(ip, UdpSize);
        BinaryPrimitives.WriteUInt16BigEndian(udp, (ushort)source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], (ushort)destination.Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)(UdpSize + payload.Length));
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], 0);

        // The pseudo header: both addresses, the protocol, the UDP length.
        var addresses = isV4 ? target[12..20] : target[8..40];
        var sum = Add(Add(Add((ulong)(Udp + UdpSize + payload.Length), addresses), udp), payload);
        var checksum = Fold(sum);
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], checksum == 0 ? (ushort)0xFFFF : checksum);
        return ip + UdpSize;
    }

    /// <summary>The ones' complement checksum of RFC 1071.</summary>
    public static ushort Checksum(ReadOnlySpan<byte> bytes) => Fold(Add(0, bytes));

    private static int WriteIPv4(Span<byte> target, IPAddress source, IPAddress destination, int payloadLength)
    {
        var header = target[..20];
        header.Clear();
        header[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)(20 + UdpSize + payloadLength));
        header[6] = 0x40;   // Don't fragment: so the identification may be 0 (RFC 6864).
        header[8] = HopLimit;
        header[9] = Udp;
        source.TryWriteBytes(header[12..], out _);
        destination.TryWriteBytes(header[16..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], Checksum(header));
        return 20;
    }

    private static int WriteIPv6(Span<byte> target, IPAddress source, IPAddress destination, int payloadLength)
    {
        var header = target[..40];
        header.Clear();
        header[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)(UdpSize + payloadLength));
        header[6] = Udp;
        header[7] = HopLimit;
        source.TryWriteBytes(header[8..], out _);
        destination.TryWriteBytes(header[24..], out _);
        return 40;
    }

    private static ulong Add(ulong sum, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
            bytes = bytes[2..];
        }

        return bytes.Length == 0 ? sum : sum + ((ulong)bytes[0] << 8);
    }

    private static ushort Fold(ulong sum)
    {
        while (sum > 0xFFFF)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
