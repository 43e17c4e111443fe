namespace ReactiveLink.Testing.Tests.Capture;

/// <summary>Fragmented datagrams are put together, within bounds.</summary>
public sealed class FragmentTests
{
    private static readonly byte[] Payload = [.. Enumerable.Range(0, 3000).Select(n => (byte)n)];
    private static readonly byte[] Whole = Packets.Udp(Payload);

    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(2, 1, 0)]
    [InlineData(1, 2, 1, 0)]
    public void Parts_in_any_order_are_one_datagram(params int[] order)
    {
        foreach (var v6 in new[] { false, true })
        {
            var file = new CaptureBuilder().PcapHeader();
            Array.ForEach(order, n => file.PcapPacket(Part(n, v6), (uint)(100 + n)));

            var read = Reading.Of(file);

            Assert.Equal(Payload, Assert.Single(read.Datagrams).ToArray());
            Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(100 + order[^1]), read.Datagrams[0].ReceivedAt);
            Assert.Equal((order.Length, 1, 0), ((int)read.Statistics!.Fragments, (int)read.Statistics.Reassembled, (int)read.Statistics.Incomplete));
        }
    }

    [Fact]
    public void Extension_headers_behind_the_fragment_header()
    {
        byte[] inner = [17, 0, 0, 0, 0, 0, 0, 0, .. Packets.Udp([1, 2, 3, 4, 5, 6, 7, 8])];
        var read = Reading.Of(new CaptureBuilder().PcapHeader()
            .PcapPacket(Packets.IPv6(Packets.Fragment6(inner[..16], 0, more: true, next: 60), next: 44))
            .PcapPacket(Packets.IPv6(Packets.Fragment6(inner[16..], 16, more: false, next: 60), next: 44)));

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], Assert.Single(read.Datagrams).ToArray());
    }

    [Fact]
    public void A_missing_part_is_a_fault_at_the_end()
    {
        var read = Reading.Of(new CaptureBuilder().PcapHeader().PcapPacket(Part(0)).PcapPacket(Part(2)));

        Assert.Empty(read.Datagrams);
        Assert.Equal((FaultReason.Truncated, Packets.Endpoint(0)), (Assert.Single(read.Faults).Reason, read.Faults[0].Peer));
        Assert.Equal(1, read.Statistics!.Incomplete);
    }

    [Fact]
    public void A_part_that_comes_too_late_does_not_complete()
    {
        var file = new CaptureBuilder().PcapHeader().PcapPacket(Part(0), 100).PcapPacket(Part(1), 100).PcapPacket(Part(2), 131).ToArray();

        Assert.Empty(Reading.Of(file).Datagrams);
        Assert.Equal(2, Reading.Of(file).Statistics!.Incomplete);
        Assert.Single(Reading.Of(file, new CaptureReadOptions { ReassemblyTimeout = TimeSpan.FromSeconds(31) }).Datagrams);
    }

    [Fact]
    public void The_oldest_gives_way()
    {
        var file = new CaptureBuilder().PcapHeader();
        for (var id = 0; id < 3; id++)
        {
            file.PcapPacket(Part(0, id: id)).PcapPacket(Part(1, id: id));
        }

        for (var id = 0; id < 3; id++)
        {
            file.PcapPacket(Part(2, id: id));
        }

        Assert.Equal(3, Reading.Of(file).Datagrams.Count);
        var read = Reading.Of(file, new CaptureReadOptions { MaximumReassemblies = 2 });

        // The third drives out the first, whose last part then comes alone and drives out the second, and so on: only parts are left.
        Assert.Empty(read.Datagrams);
        Assert.Equal(6, read.Statistics!.Incomplete);
    }

    [Fact]
    public void Overlapping_parts_make_it_invalid()
    {
        var overlapping = Packets.IPv4(Whole[504..1504], fragment: (504 / 8) | 0x2000);
        var read = Reading.Of(new CaptureBuilder().PcapHeader().PcapPacket(Part(0)).PcapPacket(overlapping).PcapPacket(Part(1)));

        Assert.Empty(read.Datagrams);
        Assert.Equal(2, read.Statistics!.Incomplete);
    }

    [Fact]
    public void A_part_beyond_64_KiB_is_refused()
    {
        var read = Reading.Of(new CaptureBuilder().PcapHeader().PcapPacket(Packets.IPv4(new byte[1000], fragment: 0x1FFF | 0x2000)));

        Assert.Equal(1, read.Statistics!.Incomplete);
    }

    [Fact]
    public void Parts_of_another_protocol_are_not_gathered()
    {
        var read = Reading.Of(new CaptureBuilder().PcapHeader().PcapPacket(Packets.IPv4(Whole[..1000], protocol: 1, fragment: 0x2000)));

        Assert.Equal((1L, 0L), (read.Statistics!.NotUdp, read.Statistics.Fragments));
    }

    private static byte[] Part(int n, bool v6 = false, int id = 1)
    {
        var (begin, end) = (n * 1000, n == 2 ? Whole.Length : (n + 1) * 1000);
        return v6
            ? Packets.IPv6(Packets.Fragment6(Whole[begin..end], begin, n != 2, id: (uint)id), next: 44)
            : Packets.IPv4(Whole[begin..end], fragment: (begin / 8) | (n == 2 ? 0 : 0x2000), id: id);
    }
}
