using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace ReactiveLink.Testing.Tests.Capture;

/// <summary>Packets byte by byte, as the RFCs draw them; nothing of the code under test.</summary>
internal static class Packets
{
    public const int Ethernet = 1;
    public const int Raw = 101;

    public static readonly IPAddress From = IPAddress.Parse("192.0.2.1");
    public static readonly IPAddress To = IPAddress.Parse("198.51.100.2");
    public static readonly IPAddress From6 = IPAddress.Parse("2001:db8::1");
    public static readonly IPAddress To6 = IPAddress.Parse("2001:db8::2");

    public static byte[] Udp(byte[] payload, int from = 4000, int to = 9000, int? length = null) =>
        [.. Big16(from), .. Big16(to), .. Big16(length ?? (8 + payload.Length)), 0, 0, .. payload];

    public static byte[] IPv4(byte[] payload, int protocol = 17, byte[]? options = null, int fragment = 0, int id = 1, int? total = null, IPAddress? to = null)
    {
        options ??= [];
        return
        [
            (byte)(0x45 + (options.Length / 4)), 0, .. Big16(total ?? (20 + options.Length + payload.Length)), .. Big16(id), .. Big16(fragment), 64, (byte)protocol, 0, 0,
            .. From.GetAddressBytes(), .. (to ?? To).GetAddressBytes(), .. options, .. payload,
        ];
    }

    public static byte[] IPv6(byte[] payload, int next = 17, int? length = null) =>
        [0x60, 0, 0, 0, .. Big16(length ?? payload.Length), (byte)next, 64, .. From6.GetAddressBytes(), .. To6.GetAddressBytes(), .. payload];

    /// <summary>An IPv6 fragment header before a part.</summary>
    public static byte[] Fragment6(byte[] part, int offset, bool more, int next = 17, uint id = 7) =>
        [(byte)next, 0, .. Big16(offset | (more ? 1 : 0)), .. Big32(id), .. part];

    public static byte[] InEthernet(byte[] ip, params int[] vlanTypes)
    {
        List<byte> packet = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        foreach (var type in vlanTypes)
        {
            packet.AddRange([.. Big16(type), 0, 42]);
        }

        return [.. packet, .. EtherType(ip), .. ip];
    }

    public static byte[] InCooked(byte[] ip) => [0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, .. EtherType(ip), .. ip];

    public static byte[] InCooked2(byte[] ip) => [.. EtherType(ip), 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, .. ip];

    public static byte[] InLoopback(byte[] ip, uint family, bool big)
    {
        var header = new byte[4];
        if (big)
        {
            BinaryPrimitives.WriteUInt32BigEndian(header, family);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header, family);
        }

        return [.. header, .. ip];
    }

    public static UdpEndpoint Endpoint(int port = 4000, AddressFamily family = AddressFamily.InterNetwork) =>
        new(family == AddressFamily.InterNetwork ? From : From6, port);

    public static byte[] Big16(int value) => [(byte)(value >> 8), (byte)value];

    public static byte[] Big32(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    private static byte[] EtherType(byte[] ip) => ip[0] >> 4 == 6 ? [0x86, 0xDD] : [0x08, 0x00];
}
