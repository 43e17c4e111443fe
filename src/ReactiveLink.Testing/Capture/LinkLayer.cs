using System.Buffers.Binary;

namespace ReactiveLink.Testing;

/// <summary>What lies around an IP packet, by the link types of tcpdump.org.</summary>
internal static class LinkLayer
{
    private const int IPv4 = 0x0800;
    private const int IPv6 = 0x86DD;

    /// <summary>What a packet turned out to be.</summary>
    public enum Kind
    {
        /// <summary>IPv4 or IPv6.</summary>
        IP,

        /// <summary>Something else.</summary>
        Other,

        /// <summary>Too short to tell.</summary>
        Short,

        /// <summary>Not known here.</summary>
        Unknown,
    }

    public static Kind Strip(int linkType, ReadOnlySpan<byte> packet, out ReadOnlySpan<byte> ip)
    {
        ip = default;
        return linkType switch
        {
            0 or 108 => Loopback(packet, out ip),
            1 => Ethernet(packet, out ip),
            12 or 14 or 101 or 228 or 229 => Version(packet, out ip),
            113 => Typed(packet, 14, 16, out ip),
            276 => Typed(packet, 0, 20, out ip),
            _ => Kind.Unknown,
        };
    }

    /// <summary>BSD: the address family as 32 bits in the byte order of the machine (0) or big-endian (108). IPv6's number differs by system.</summary>
    private static Kind Loopback(ReadOnlySpan<byte> packet, out ReadOnlySpan<byte> ip)
    {
        ip = default;
        if (packet.Length < 4)
        {
            return Kind.Short;
        }

        var family = BinaryPrimitives.ReadUInt32LittleEndian(packet);
        family = family > 0xFFFF ? BinaryPrimitives.ReverseEndianness(family) : family;
        return family is 2 or 10 or 24 or 28 or 30 ? Version(packet[4..], out ip) : Kind.Other;
    }

    /// <summary>IEEE 802.3 with any number of VLAN tags.</summary>
    private static Kind Ethernet(ReadOnlySpan<byte> packet, out ReadOnlySpan<byte> ip)
    {
        ip = default;
        for (var at = 12; packet.Length >= at + 2; at += 4)
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(packet[at..]);
            if (type is not (0x8100 or 0x88A8 or 0x9100))
            {
                return type is IPv4 or IPv6 ? Version(packet[(at + 2)..], out ip) : Kind.Other;
            }
        }

        return Kind.Short;
    }

    /// <summary>Linux "cooked" headers: the EtherType at a fixed place.</summary>
    private static Kind Typed(ReadOnlySpan<byte> packet, int typeAt, int size, out ReadOnlySpan<byte> ip)
    {
        ip = default;
        if (packet.Length < size)
        {
            return Kind.Short;
        }

        return BinaryPrimitives.ReadUInt16BigEndian(packet[typeAt..]) is IPv4 or IPv6 ? Version(packet[size..], out ip) : Kind.Other;
    }

    private static Kind Version(ReadOnlySpan<byte> packet, out ReadOnlySpan<byte> ip)
    {
        ip = packet;
        return packet.Length == 0 ? Kind.Short : packet[0] >> 4 is 4 or 6 ? Kind.IP : Kind.Other;
    }
}
