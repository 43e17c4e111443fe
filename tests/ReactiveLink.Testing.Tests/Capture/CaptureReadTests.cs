using System.Net.Sockets;

namespace ReactiveLink.Testing.Tests.Capture;

/// <summary>What is in a capture comes out: every format, link type and header.</summary>
public sealed class CaptureReadTests
{
    private static readonly byte[] Payload = [0xDE, 0xAD, 0xBE, 0xEF, 0x01];

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_pcap_file_of_either_byte_order_and_resolution(bool big, bool nano)
    {
        var read = Reading.Of(new CaptureBuilder(big).PcapHeader(nano: nano).PcapPacket(Packets.IPv4(Packets.Udp(Payload)), 1_700_000_000, 123_456));

        Assert.True(read.Completed);
        var datagram = Assert.Single(read.Datagrams);
        Assert.Equal(Payload, datagram.ToArray());
        Assert.Equal(Packets.Endpoint(), datagram.Remote);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000).AddTicks(nano ? 1234 : 1_234_560), datagram.ReceivedAt);
        Assert.Equal(new CaptureStatistics(1, 1, 5, 0, 0, 0, 0, 0, 0, 0, 0), read.Statistics);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_pcapng_file_with_sections_of_both_byte_orders_interfaces_and_every_packet_block(bool big)
    {
        var packet = Packets.IPv4(Packets.Udp(Payload));
        var first = new CaptureBuilder(big).Section()
            .Interface(resolution: 9)
            .Interface(Packets.Ethernet, resolution: 0x80 | 10, offset: 5)
            .Block(0x0BAD, b => b.U32(1))
            .Enhanced(packet, 1_700_000_000_000_000_100)
            .Enhanced(Packets.InEthernet(packet), (3UL << 10) + 512, number: 1)
            .Simple(packet)
            .Obsolete(packet, 2_000_000_000)
            .Block(5, b => b.U32(0).U32(0).U32(0));
        var second = new CaptureBuilder(!big).Section().Interface().Enhanced(packet, 7_000_001);

        var read = Reading.Of([.. first.ToArray(), .. second.ToArray()]);

        Assert.Null(read.Error);
        Assert.All(read.Datagrams, d => Assert.Equal(Payload, d.ToArray()));
        Assert.Equal(
            [
                DateTimeOffset.FromUnixTimeSeconds(1_700_000_000).AddTicks(1),
                DateTimeOffset.UnixEpoch.AddSeconds(8.5),
                DateTimeOffset.UnixEpoch.AddSeconds(8.5),
                DateTimeOffset.UnixEpoch.AddSeconds(2),
                DateTimeOffset.UnixEpoch.AddSeconds(7).AddTicks(10),
            ],
            read.Datagrams.Select(d => d.ReceivedAt));
    }

    [Theory]
    [InlineData(0, -2_000_000_000)]
    [InlineData(7, 0)]
    [InlineData(12, 100)]
    [InlineData(127, 3)]
    [InlineData(0xFF, 3)]
    public void Any_resolution_and_offset(int resolution, long offset)
    {
        var read = Reading.Of(new CaptureBuilder().Section().Interface(resolution: (byte)resolution, offset: offset).Enhanced(Packets.IPv4(Packets.Udp(Payload)), 20_000_000_000));

        var ticks = resolution switch { 0 => 20_000_000_000L * 10_000_000, 7 => 20_000_000_000L, 12 => 200_000L, _ => 0 };
        Assert.Equal(DateTimeOffset.UnixEpoch.AddTicks(ticks).AddSeconds(offset), Assert.Single(read.Datagrams).ReceivedAt);
    }

    public static TheoryData<string, int, byte[]> Links()
    {
        var v4 = Packets.IPv4(Packets.Udp(Payload));
        var v6 = Packets.IPv6(Packets.Udp(Payload));
        return new TheoryData<string, int, byte[]>
        {
            { "ethernet", 1, Packets.InEthernet(v4) },
            { "ethernet, IPv6", 1, Packets.InEthernet(v6) },
            { "ethernet with a VLAN tag", 1, Packets.InEthernet(v4, 0x8100) },
            { "ethernet with two VLAN tags, IPv6", 1, Packets.InEthernet(v6, 0x88A8, 0x8100) },
            { "ethernet with padding", 1, [.. Packets.InEthernet(v4), 0, 0, 0, 0, 0, 0, 0] },
            { "raw", 101, v4 },
            { "raw, IPv6", 101, v6 },
            { "raw, IPv4 only", 228, v4 },
            { "raw, IPv6 only", 229, v6 },
            { "cooked", 113, Packets.InCooked(v4) },
            { "cooked, IPv6", 113, Packets.InCooked(v6) },
            { "cooked 2", 276, Packets.InCooked2(v4) },
            { "cooked 2, IPv6", 276, Packets.InCooked2(v6) },
            { "BSD loopback", 0, Packets.InLoopback(v4, 2, big: false) },
            { "BSD loopback of a big-endian machine", 0, Packets.InLoopback(v4, 2, big: true) },
            { "BSD loopback, IPv6 of Darwin", 0, Packets.InLoopback(v6, 30, big: false) },
            { "OpenBSD loopback, IPv6", 108, Packets.InLoopback(v6, 24, big: true) },
        };
    }

    [Theory]
    [MemberData(nameof(Links))]
    public void Every_link_type(string name, int linkType, byte[] packet)
    {
        var read = Reading.Of(new CaptureBuilder().PcapHeader(linkType).PcapPacket(packet));

        Assert.Null(read.Error);
        Assert.Equal(Payload, Assert.Single(read.Datagrams).ToArray());
        Assert.Equal(name.Contains("IPv6", StringComparison.Ordinal) ? Packets.Endpoint(family: AddressFamily.InterNetworkV6) : Packets.Endpoint(), read.Datagrams[0].Remote);
    }

    [Fact]
    public void Headers_with_options_and_extensions()
    {
        var udp = Packets.Udp(Payload);
        byte[] hopByHop = [60, 0, 0, 0, 0, 0, 0, 0];
        byte[] destination = [51, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        byte[] authentication = [44, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        byte[] atomicFragment = Packets.Fragment6(udp, 0, more: false);

        var read = Reading.Of(new CaptureBuilder().PcapHeader()
            .PcapPacket(Packets.IPv4(udp, options: [1, 1, 1, 1, 1, 1, 1, 0]))
            .PcapPacket(Packets.IPv6([.. hopByHop, .. destination, .. authentication, .. atomicFragment], next: 0))
            .PcapPacket(Packets.IPv4(udp, total: 0))
            .PcapPacket(Packets.IPv4([.. udp, 0, 0, 0]))
            .PcapPacket(Packets.IPv4(Packets.Udp([]))));

        Assert.Equal(["deadbeef01", "deadbeef01", "deadbeef01", "deadbeef01", ""], Enumerable.Range(0, read.Datagrams.Count).Select(read.Hex));
        Assert.Empty(read.Faults);
    }

    [Fact]
    public void What_is_not_UDP_is_skipped_and_counted()
    {
        var read = Reading.Of(new CaptureBuilder().Section().Interface(Packets.Ethernet).Interface(147)
            .Enhanced(Packets.InEthernet(Packets.IPv4([0, 0, 0, 0], protocol: 6)))
            .Enhanced([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x08, 0x06, 0, 1])
            .Enhanced(Packets.InEthernet(Packets.IPv6([1, 2, 3, 4, 5, 6, 7, 8], next: 58)))
            .Enhanced(Packets.InEthernet(Packets.IPv6([], next: 59)))
            .Enhanced(Packets.IPv4(Packets.Udp(Payload)), number: 1)
            .Enhanced(Packets.InEthernet(Packets.IPv4(Packets.Udp(Payload)))));

        Assert.True(read.Completed);
        Assert.Equal(new CaptureStatistics(6, 1, 5, NotUdp: 4, UnknownLink: 1, 0, 0, 0, 0, 0, 0), read.Statistics);
        Assert.Empty(read.Faults);
    }

    [Fact]
    public void A_filter_by_port_destination_and_source()
    {
        var file = new CaptureBuilder().PcapHeader()
            .PcapPacket(Packets.IPv4(Packets.Udp([1], to: 1)))
            .PcapPacket(Packets.IPv4(Packets.Udp([2], to: 2)))
            .PcapPacket(Packets.IPv4(Packets.Udp([3], to: 2), to: Packets.From))
            .PcapPacket(Packets.IPv6(Packets.Udp([4], to: 2)))
            .PcapPacket(Packets.IPv6(Packets.Udp([5, 5, 5], to: 1))[..50], original: 100)
            .ToArray();

        Assert.Equal("1", Numbers(new CaptureReadOptions { Port = 1 }));
        Assert.Equal("2,3,4", Numbers(new CaptureReadOptions { Port = 2 }));
        Assert.Equal("3", Numbers(new CaptureReadOptions { Destination = Packets.From }));
        Assert.Equal("4", Numbers(new CaptureReadOptions { Source = Packets.From6 }));
        Assert.Equal("1,2,3,4", Numbers(new CaptureReadOptions()));
        Assert.Equal(4, Reading.Of(file, new CaptureReadOptions { Port = 1, Destination = Packets.To }).Statistics!.Filtered);

        string Numbers(CaptureReadOptions options) => string.Join(',', Reading.Of(file, options).Datagrams.Select(d => d.Payload.Span[0]));
    }

    [Fact]
    public void A_cut_packet_is_a_fault_and_not_delivered()
    {
        var packet = Packets.IPv4(Packets.Udp(new byte[100]));
        var file = new CaptureBuilder().Section().Interface(snapLength: 60);
        foreach (var kept in new[] { 60, 30, 25, 10, 0 })
        {
            file.Enhanced(packet[..kept], original: packet.Length);
        }

        var read = Reading.Of(file.Simple(packet[..60], original: packet.Length));

        Assert.Empty(read.Datagrams);
        Assert.Equal(6, read.Statistics!.Cut);
        Assert.All(read.Faults, fault => Assert.Equal((FaultReason.Truncated, 1L), (fault.Reason, fault.Count)));
        Assert.Equal([Packets.Endpoint(), Packets.Endpoint(), Packets.Endpoint(0), null, null, Packets.Endpoint()], read.Faults.Select(fault => fault.Peer));
    }

    [Fact]
    public void Impossible_lengths_in_packets_are_faults_and_the_stream_goes_on()
    {
        var udp = Packets.Udp(Payload);
        byte[][] bad =
        [
            Packets.IPv4(udp, total: 12),
            [0x41, .. Packets.IPv4(udp)[1..]],
            Packets.IPv4(Packets.Udp(Payload, length: 7)),
            Packets.IPv4(Packets.Udp(Payload, length: 14)),
            Packets.IPv4([1, 2, 3]),
            Packets.IPv4(udp)[..19],
            Packets.IPv6([0, 200, 0, 0, 0, 0, 0, 0], next: 0),
            Packets.IPv6(udp, length: 500)[..44],
        ];
        var file = new CaptureBuilder().PcapHeader();
        Array.ForEach(bad, packet => file.PcapPacket(packet));

        var read = Reading.Of(file.PcapPacket(Packets.IPv4(udp)));

        Assert.Single(read.Datagrams);
        Assert.Equal(bad.Length, read.Statistics!.Malformed);
        Assert.Equal(Enumerable.Repeat(FaultReason.ParseFailed, bad.Length), read.Faults.Select(fault => fault.Reason));
    }

    [Fact]
    public void Elapsed_never_runs_back()
    {
        var packet = Packets.IPv4(Packets.Udp(Payload));
        var read = Reading.Of(new CaptureBuilder().PcapHeader().PcapPacket(packet, 10).PcapPacket(packet, 12).PcapPacket(packet, 5).PcapPacket(packet, 13));

        Assert.Equal([0, 2, 2, 3], read.Datagrams.Select(d => d.Elapsed.TotalSeconds));
        Assert.Equal([10, 12, 5, 13], read.Datagrams.Select(d => d.ReceivedAt.ToUnixTimeSeconds()));
        Assert.All(read.Datagrams, d => Assert.Same(read.Datagrams[0].Remote, d.Remote));
    }
}
