using System.Buffers.Binary;
using System.Net;

namespace ReactiveLink.Endurance.Tests.Network;

/// <summary>Packets that a raw socket sends: what a stranger can put on the wire.</summary>
internal static class Packets
{
    private const int IPHeader = 20;
    private const int UdpHeader = 8;
    private const byte Udp = 17;

    /// <summary>An IPv4 packet with a datagram from anyone. The system fills in the header's checksum; the datagram has none, which IPv4 allows.</summary>
    public static byte[] Datagram(IPEndPoint from, IPEndPoint to, ReadOnlySpan<byte> payload)
    {
        var packet = new byte[IPHeader + UdpHeader + payload.Length];
        WriteHeaders(packet, from, to, payload.Length);
        payload.CopyTo(packet.AsSpan(IPHeader + UdpHeader));
        return packet;
    }

    /// <summary>The ICMP message "port unreachable" (RFC 792) about a datagram. Without an IP header: the system adds it.</summary>
    public static byte[] PortUnreachable(IPEndPoint from, IPEndPoint to, byte type = 3, byte code = 3)
    {
        const int Header = 8;
        var message = new byte[Header + IPHeader + UdpHeader];
        message[0] = type;
        message[1] = code;
        WriteHeaders(message.AsSpan(Header), from, to, payloadLength: 0);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Checksum(message));
        return message;
    }

    private static void WriteHeaders(Span<byte> packet, IPEndPoint from, IPEndPoint to, int payloadLength)
    {
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)(IPHeader + UdpHeader + payloadLength));
        packet[8] = 64;
        packet[9] = Udp;
        from.Address.TryWriteBytes(packet[12..], out _);
        to.Address.TryWriteBytes(packet[16..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(packet[IPHeader..], (ushort)from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(packet[(IPHeader + 2)..], (ushort)to.Port);
        BinaryPrimitives.WriteUInt16BigEndian(packet[(IPHeader + 4)..], (ushort)(UdpHeader + payloadLength));
    }

    /// <summary>RFC 1071.</summary>
    private static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (var i = 0; i < bytes.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        }

        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~(sum + (sum >> 16));
    }
}
