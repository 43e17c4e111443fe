using System.Runtime.CompilerServices;

namespace ReactiveLink.Transport;

/// <summary>What the control messages beside one received message say: cmsg(3), as the kernel lays them out on 64-bit machines.</summary>
internal readonly unsafe ref struct LinuxControl
{
    /// <summary>Room for every control message that the engine asks for, at once.</summary>
    public const int Size = 192;

    /// <summary>sizeof(struct cmsghdr): a 64-bit length that includes it, the level, the type.</summary>
    internal const int HeaderSize = 16;

    private const int SolIp = 0;
    private const int IpPacketInfo = 8;
    private const int SolSocket = 1;
    private const int SoTimestampNanoseconds = 35;
    private const int SoReceiveQueueOverflow = 40;
    private const int SolUdp = 17;
    private const int UdpGro = 104;
    private const int SolIPv6 = 41;
    private const int IPv6PacketInfo = 50;

    /// <summary>The bytes of each datagram but the last in a coalesced one; 0 for a single datagram.</summary>
    public int SegmentSize { get; private init; }

    /// <summary>The socket's wrapping count of drops when the datagram was queued; 0 where it is not told: before the first drop.</summary>
    public uint Drops { get; private init; }

    /// <summary>When the system received it, in ticks of UTC; 0 where it is not told.</summary>
    public long UtcTicks { get; private init; }

    /// <summary>Whom it was sent to, with the interface it came by as scope; a default key where it is not told.</summary>
    public EndpointKey Destination { get; private init; }

    /// <summary>The interface it came by; 0 where it is not told.</summary>
    public int Interface { get; private init; }

    /// <summary>Reads the control messages. Whatever is malformed ends the reading.</summary>
    public static LinuxControl Read(byte* control, nuint length)
    {
        var segment = 0;
        var drops = 0u;
        var ticks = 0L;
        var destination = default(EndpointKey);
        var device = 0;
        while (length >= HeaderSize)
        {
            var size = Unsafe.ReadUnaligned<nuint>(control);
            if (size < HeaderSize || size > length)
            {
                break;
            }

            var data = control + HeaderSize;
            var dataSize = (int)size - HeaderSize;
            switch (Unsafe.ReadUnaligned<int>(control + 8), Unsafe.ReadUnaligned<int>(control + 12))
            {
                case (SolUdp, UdpGro) when dataSize >= sizeof(int):
                    segment = Unsafe.ReadUnaligned<int>(data);
                    break;
                case (SolSocket, SoReceiveQueueOverflow) when dataSize >= sizeof(uint):
                    drops = Unsafe.ReadUnaligned<uint>(data);
                    break;
                case (SolSocket, SoTimestampNanoseconds) when dataSize >= 2 * sizeof(long):
                    // struct timespec: seconds, nanoseconds.
                    ticks = DateTime.UnixEpoch.Ticks + (Unsafe.ReadUnaligned<long>(data) * TimeSpan.TicksPerSecond)
                        + (Unsafe.ReadUnaligned<long>(data + sizeof(long)) / TimeSpan.NanosecondsPerTick);
                    break;
                case (SolIp, IpPacketInfo) when dataSize >= 12:
                    // struct in_pktinfo: the interface, the local address that a reply would come from, the destination.
                    device = Unsafe.ReadUnaligned<int>(data);
                    destination = EndpointKey.FromIPv4(new ReadOnlySpan<byte>(data + 8, 4), 0);
                    break;
                case (SolIPv6, IPv6PacketInfo) when dataSize >= 20:
                    // struct in6_pktinfo: the destination (IPv4-mapped on a dual-stack socket), the interface.
                    device = Unsafe.ReadUnaligned<int>(data + 16);
                    destination = EndpointKey.FromIPv6(new ReadOnlySpan<byte>(data, 16), scope: 0, 0);
                    break;
            }

            var step = (size + 7) & ~(nuint)7;
            if (step >= length)
            {
                break;
            }

            control += step;
            length -= step;
        }

        return new LinuxControl { SegmentSize = segment, Drops = drops, UtcTicks = ticks, Destination = destination, Interface = device };
    }
}
