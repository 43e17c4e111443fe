using System.Net;
using ReactiveLink.Transport;

namespace ReactiveLink.Tests.Transport;

/// <summary>Control messages, laid out by hand as the kernel's headers say: 64-bit length, level, type, data, padding to 8 bytes.</summary>
public sealed class LinuxControlTests
{
    private static byte[] Message(int level, int type, params byte[] data)
    {
        byte[] bytes = [.. BitConverter.GetBytes(16L + data.Length), .. BitConverter.GetBytes(level), .. BitConverter.GetBytes(type), .. data];
        return [.. bytes, .. new byte[-bytes.Length & 7]];
    }

    private static unsafe (int Segment, uint Drops, long Ticks, EndpointKey Destination, int Device) Read(params byte[][] messages)
    {
        byte[] all = [.. messages.SelectMany(m => m)];
        fixed (byte* start = all)
        {
            var read = LinuxControl.Read(start, (nuint)all.Length);
            return (read.SegmentSize, read.Drops, read.UtcTicks, read.Destination, read.Interface);
        }
    }

    [Fact]
    public void Every_message_is_read_in_any_order_and_unknown_ones_are_skipped()
    {
        var moment = new DateTime(2031, 5, 6, 7, 8, 9, DateTimeKind.Utc).AddTicks(1234567);
        var since = moment - DateTime.UnixEpoch;
        byte[] time =
        [
            .. BitConverter.GetBytes((long)Math.Floor(since.TotalSeconds)), .. BitConverter.GetBytes((since.Ticks % TimeSpan.TicksPerSecond * 100) + 99),
        ];

        var read = Read(
            Message(1, 35, time),
            Message(1, 40, BitConverter.GetBytes(uint.MaxValue)),
            Message(99, 1, 1, 2, 3),
            Message(17, 104, BitConverter.GetBytes(1472)),
            Message(0, 8, [.. BitConverter.GetBytes(7), 10, 0, 0, 1, 239, 1, 2, 3]));

        Assert.Equal((1472, uint.MaxValue, moment.Ticks, EndpointKey.From(IPAddress.Parse("239.1.2.3"), 0), 7), read);
    }

    [Theory]
    [InlineData("ff15::7")]
    [InlineData("239.1.2.3")]
    public void An_IPv6_destination_may_be_a_mapped_one(string address)
    {
        var destination = IPAddress.Parse(address);

        var read = Read(Message(41, 50, [.. destination.MapToIPv6().GetAddressBytes(), .. BitConverter.GetBytes(3)]));

        Assert.Equal((EndpointKey.From(destination, 0), 3), (read.Destination, read.Device));
    }

    [Fact]
    public void Nothing_is_read_from_nothing_and_from_what_is_malformed()
    {
        var segment = Message(17, 104, BitConverter.GetBytes(64));
        byte[] tooLong = [.. segment];
        tooLong[0] = 200;
        byte[] tooShort = [.. segment];
        tooShort[0] = 15;

        Assert.Equal(default, Read());
        Assert.Equal(default, Read(new byte[8]));
        Assert.Equal(default, Read(tooLong));
        Assert.Equal(default, Read(tooShort, segment));
        Assert.Equal(default, Read(Message(17, 104, 64)));
        Assert.Equal(64, Read(segment, tooLong).Segment);
    }

    [Theory]
    [InlineData(16, 16)]
    [InlineData(17, 17)]
    [InlineData(20, 20)]
    [InlineData(20, 23)]
    [InlineData(20, 24)]
    [InlineData(0, 20)]
    [InlineData(1, 20)]
    [InlineData(21, 20)]
    [InlineData(long.MaxValue, 20)]
    [InlineData(-1, 20)]
    [InlineData(-8, 24)]
    public unsafe void A_last_message_of_any_length_ends_the_reading_within_its_bounds(long claimed, int given)
    {
        // What lies beyond would be read as a good message by who steps over the end.
        var beyond = Message(17, 104, BitConverter.GetBytes(99));
        byte[] last = [.. BitConverter.GetBytes(claimed), .. BitConverter.GetBytes(17), .. BitConverter.GetBytes(104), .. BitConverter.GetBytes(64), 0, 0, 0, 0];
        byte[] all = [.. last, .. beyond, .. beyond];
        fixed (byte* start = all)
        {
            Assert.Equal(claimed == 20 ? 64 : 0, LinuxControl.Read(start, (nuint)given).SegmentSize);
        }
    }

    [Fact]
    public void All_that_the_engine_asks_for_fits_at_once()
    {
        var sizes = new[] { sizeof(int), sizeof(uint), 2 * sizeof(long), 12, 20 };

        Assert.InRange(sizes.Sum(size => LinuxControl.HeaderSize + ((size + 7) & ~7)), 1, LinuxControl.Size);
    }
}
