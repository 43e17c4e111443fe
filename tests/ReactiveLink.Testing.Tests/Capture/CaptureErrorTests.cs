using System.Reactive.Linq;

namespace ReactiveLink.Testing.Tests.Capture;

/// <summary>Truncated and malformed files are errors that name the byte, after all that came before it.</summary>
public sealed class CaptureErrorTests
{
    private static readonly byte[] Packet = Packets.IPv4(Packets.Udp([1, 2, 3, 4]));   // 32 bytes

    public static TheoryData<string, byte[], int, long, string> Broken()
    {
        var header = new CaptureBuilder().PcapHeader().ToArray();
        var section = new CaptureBuilder().Section().ToArray();
        var described = new CaptureBuilder().Section().Interface().ToArray();
        return new TheoryData<string, byte[], int, long, string>
        {
            { "empty", [], 0, 0, "The capture is malformed at byte 0: it is empty." },
            { "three bytes", [1, 2, 3], 0, 3, "The capture is truncated at byte 3: it ends within a file header that begins at byte 0." },
            { "text", "hello, world"u8.ToArray(), 0, 0, "The capture is malformed at byte 0: 0x68656C6C is the begin of neither pcap nor pcapng." },
            { "pcap header cut", header[..20], 0, 20, "The capture is truncated at byte 20: it ends within a file header that begins at byte 0." },
            { "pcap version", [.. header[..4], 9, 0, .. header[6..]], 0, 4, "The capture is malformed at byte 4: version 9 of pcap is not known, only 2." },
            { "record header cut", [.. new CaptureBuilder().PcapHeader().PcapPacket(Packet).ToArray(), 1, 2, 3], 1, 75, "The capture is truncated at byte 75: it ends within a packet record that begins at byte 72." },
            { "packet cut", new CaptureBuilder().PcapHeader().PcapPacket(Packet).PcapPacket(Packet).ToArray()[..^1], 1, 119, "The capture is truncated at byte 119: it ends within a packet record that begins at byte 72." },
            { "packet too large", new CaptureBuilder().PcapHeader().PcapPacket(Packet).U32(0).U32(0).U32(2_000_000_000).U32(0).ToArray(), 1, 72, "The capture is malformed at byte 72: the packet claims 2000000000 bytes, the capture allows 262144." },
            { "byte order", [.. section[..8], 1, 2, 3, 4], 0, 0, "The capture is malformed at byte 0: 0x04030201 is not a byte-order magic." },
            { "section version", [.. section[..12], 2, .. section[13..]], 0, 0, "The capture is malformed at byte 0: version 2 of pcapng is not known, only 1." },
            { "section too short", new CaptureBuilder().U32(0x0A0D0D0A).U32(12).U32(0x1A2B3C4D).U32(12).ToArray(), 0, 0, "The capture is malformed at byte 0: a block length of 12 is too short for what the block has." },
            { "block length", new CaptureBuilder().Bytes(section).U32(1).U32(21).ToArray(), 0, 28, "The capture is malformed at byte 28: a block length of 21 is not a multiple of 4 from 12." },
            { "block of 4 GB", new CaptureBuilder().Bytes(section).U32(99).U32(0xFFFFFFFC).U32(0).ToArray(), 0, 40, "The capture is truncated at byte 40: it ends within a block that begins at byte 28." },
            { "block lengths differ", new CaptureBuilder().Bytes(section).U32(99).U32(12).U32(16).ToArray(), 0, 28, "The capture is malformed at byte 28: the block's length is 12 at its begin and 16 at its end." },
            { "no interface", new CaptureBuilder().Section().Enhanced(Packet).ToArray(), 0, 28, "The capture is malformed at byte 28: interface 0 is not described; the section has 0." },
            { "packet larger than its block", new CaptureBuilder().Bytes(described).Block(6, b => b.U32(0).U32(0).U32(0).U32(5000).U32(5000).Bytes(Packet)).ToArray(), 0, 52, "The capture is malformed at byte 52: the packet claims 5000 bytes, its block has 32." },
            { "packet block too short", new CaptureBuilder().Bytes(described).Block(6, b => b.U32(0).U32(0)).ToArray(), 0, 52, "The capture is malformed at byte 52: a block length of 20 is too short for what the block has." },
            { "option", new CaptureBuilder().Section().Block(1, b => b.U16(101).U16(0).U32(0).U16(9).U16(2).U32(9)).ToArray(), 0, 28, "The capture is malformed at byte 28: option 9 of the interface has a length of 2." },
            { "stamp", new CaptureBuilder().Section().Interface(resolution: 0).Enhanced(Packet, 400_000_000_000).ToArray(), 0, 60, "The capture is malformed at byte 60: the time stamp 400000000000 of interface 0 is not within the years 1 to 9999." },
            { "stamp with offset", new CaptureBuilder().Section().Interface(offset: long.MinValue).Enhanced(Packet, 1).ToArray(), 0, 64, "The capture is malformed at byte 64: the time stamp 1 of interface 0 is not within the years 1 to 9999." },
            { "trailer cut", new CaptureBuilder().Bytes(described).Enhanced(Packet).ToArray()[..^2], 1, 114, "The capture is truncated at byte 114: it ends within a block that begins at byte 52." },
        };
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_file_is_an_error_that_names_the_byte(string name, byte[] file, int datagrams, long offset, string message)
    {
        _ = name;
        var read = Reading.Of(file);

        Assert.Equal(message, read.Failure().Message);
        Assert.Equal(offset, read.Failure().Offset);
        Assert.Equal(datagrams, read.Datagrams.Count);
        Assert.False(read.Completed);
    }

    [Fact]
    public void More_interfaces_than_the_bound()
    {
        var file = new CaptureBuilder().Section();
        var description = new CaptureBuilder().Block(1, b => b.U16(101).U16(0).U32(0)).ToArray();
        for (var i = 0; i <= 65_536; i++)
        {
            file.Bytes(description);
        }

        Assert.EndsWith("the section has more than 65536 interfaces.", Reading.Of(file).Failure().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_packet_too_large_to_be_UDP_is_skipped_without_being_held()
    {
        var huge = new byte[10 << 20];
        var file = new CaptureBuilder().PcapHeader(snapLength: 0x7FFFFFFF).PcapPacket(huge).PcapPacket(Packet).ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();

        var count = 0;
        CaptureFile.Read(() => new MemoryStream(file)).Subscribe(_ => count++);

        Assert.Equal(1, count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 600_000);
        Assert.Equal(1, Reading.Of(file).Statistics!.UnknownLink);
    }

    [Fact]
    public void A_file_claiming_2_GB_does_not_allocate()
    {
        var file = new CaptureBuilder().Section().Interface().U32(6).U32(0x7FFFFFFC).U32(0).U32(0).U32(0).U32(0x7FFFFF00).U32(0x7FFFFF00).ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();

        CaptureFile.Read(() => new MemoryStream(file)).Subscribe(_ => { }, _ => { });

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 600_000);
        Assert.Contains("truncated at byte", Reading.Of(file).Failure().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_and_a_stream_that_fails()
    {
        using var missing = CaptureFile.Read("/nowhere/at/all.pcap").Record();
        using var failing = CaptureFile.Read(() => new BrokenStream(failAfter: 0)).Record();

        Assert.StartsWith("The capture cannot be opened: ", Assert.IsType<CaptureException>(missing.Error).Message, StringComparison.Ordinal);
        Assert.Equal("The capture cannot be read at byte 0: the disk is gone", Assert.IsType<CaptureException>(failing.Error).Message);
    }
}
