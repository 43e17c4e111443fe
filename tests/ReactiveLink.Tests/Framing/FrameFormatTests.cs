using System.Buffers;
using System.Net;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Framing;

public sealed class FrameFormatTests
{
    // Made with Python's struct and zlib: crc32, compress.
    public static TheoryData<string, long, string, string> Vectors => new()
    {
        { "crc-seq", 0, "hello", "163b45350000000068656c6c6f" },
        { "crc-seq", 7, "hello", "0b3e758d0000000768656c6c6f" },
        { "crc-seq", 4294967295, "hello", "0fcdae64ffffffff68656c6c6f" },
        { "crc-seq", 1, "", "5643ef8a00000001" },
        { "seq", 0, "hello", "0000000068656c6c6f" },
        { "seq", 4294967295, "hello", "ffffffff68656c6c6f" },
        { "crc", -1, "hello", "3610a68668656c6c6f" },
        { "none", -1, "hello", "68656c6c6f" },
        { "none", -1, "", "" },
        { "seq-zlib", 0, "hello", "789c63606060c848cdc9c9070006300215" },
        { "seq-zlib", 7, "hello", "789c63606060cf48cdc9c90700065a021c" },
        { "seq-zlib", 4294967295, "hello", "789cfbffffffff8cd49c9c7c0024120611" },
        { "seq-zlib", 5, "stored", "7801010a00f5ff0000000573746f72656409630297" },
        { "crc-seq-zlib", 9, Abc40, "ca5e1b0d789c636060e04c4c4a1e100400e03b2dfa" },
        { "zlib", -1, "", "789c030000000001" },
    };

    private const string Abc40 =
        "abcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabc";

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Reads_what_the_original_writes(string name, long sequence, string payload, string hex)
    {
        var frame = Read(FrameFormat.Parse(name), Convert.FromHexString(hex));

        Assert.Equal(sequence < 0 ? null : (uint)sequence, frame.Sequence);
        Assert.Equal(payload, System.Text.Encoding.UTF8.GetString(frame.Payload.Span));
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Writes_what_the_original_reads(string name, long sequence, string payload, string hex)
    {
        var format = FrameFormat.Parse(name);
        var output = new ArrayBufferWriter<byte>();

        var size = format.Write((uint)Math.Max(0, sequence), System.Text.Encoding.UTF8.GetBytes(payload), output);

        Assert.Equal(output.WrittenCount, size);
        if (format.CanSeal)
        {
            Assert.Equal(hex, Convert.ToHexStringLower(output.WrittenSpan));
        }
        else
        {
            // Compressors differ in their choices; what they must agree on is what comes out again.
            Assert.Equal(payload, System.Text.Encoding.UTF8.GetString(Read(format, output.WrittenSpan.ToArray()).Payload.Span));
        }
    }

    [Fact]
    public void An_uncompressed_payload_is_a_slice_of_the_datagram()
    {
        var bytes = Convert.FromHexString("163b45350000000068656c6c6f");

        var frame = Read(FrameFormat.CrcSequenced, bytes);

        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(frame.Payload, out var segment));
        Assert.Same(bytes, segment.Array);
        Assert.Equal(8, segment.Offset);
        Assert.Equal(5, segment.Count);
    }

    [Fact]
    public void Reading_an_uncompressed_frame_allocates_nothing()
    {
        var datagram = Datagram(Convert.FromHexString("163b45350000000068656c6c6f"));
        FrameFormat.CrcSequenced.TryRead(datagram, out _, out _);
        Assert.Equal(0, Allocated.By(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                FrameFormat.CrcSequenced.TryRead(datagram, out _, out _);
            }
        }));
    }

    [Theory]
    [InlineData("crc-seq", "")]
    [InlineData("crc-seq", "163b4535000000")]
    [InlineData("seq", "000000")]
    [InlineData("crc", "000000")]
    [InlineData("crc-seq-zlib", "000000")]
    [InlineData("seq-zlib", "789c4b4c4a0600024d0127")]
    [InlineData("seq-zlib", "789c030000000001")]
    public void Shorter_than_its_header_is_too_short(string name, string hex) => AssertRefused(name, hex, FaultReason.TooShort);

    [Theory]
    [InlineData("crc-seq", "163b45350000000068656c6c6e")]
    [InlineData("crc-seq", "163b45340000000068656c6c6f")]
    [InlineData("crc-seq", "163b45350000000168656c6c6f")]
    [InlineData("crc", "3610a68668656c6c")]
    [InlineData("crc", "00000001")]
    [InlineData("crc-seq-zlib", "ca5e1b0c789c636060e04c4c4a1e100400e03b2dfa")]
    public void A_wrong_crc_is_a_mismatch(string name, string hex) => AssertRefused(name, hex, FaultReason.CrcMismatch);

    [Theory]
    [InlineData("crc-seq")]
    [InlineData("crc")]
    [InlineData("crc-seq-zlib")]
    public void Every_single_bit_flip_is_detected_where_there_is_a_crc(string name)
    {
        var format = FrameFormat.Parse(name);
        var output = new ArrayBufferWriter<byte>();
        format.Write(77, "the payload of this frame"u8, output);
        for (var bit = 0; bit < output.WrittenCount * 8; bit++)
        {
            var bytes = output.WrittenSpan.ToArray();
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertRefused(format, bytes, FaultReason.CrcMismatch);
        }
    }

    [Fact]
    public void Seal_fills_in_the_header_in_place()
    {
        var frame = new byte[FrameFormat.CrcSequenced.HeaderSize + 5];
        "hello"u8.CopyTo(frame.AsSpan(8));
        frame.AsSpan(0, 8).Fill(0xEE);

        FrameFormat.CrcSequenced.Seal(frame, 7);

        Assert.Equal("0b3e758d0000000768656c6c6f", Convert.ToHexStringLower(frame));
    }

    [Fact]
    public void Seal_refuses_what_it_cannot_do()
    {
        Assert.Throws<ArgumentException>(() => FrameFormat.CrcSequenced.Seal(new byte[7], 0));
        Assert.Throws<InvalidOperationException>(() => FrameFormat.SequencedZlib.Seal(new byte[70], 0));
        Assert.False(FrameFormat.SequencedZlib.CanSeal);
    }

    [Fact]
    public void Write_checks_its_arguments() => Assert.Throws<ArgumentNullException>(() => FrameFormat.None.Write(0, [], null!));

    [Theory]
    [InlineData("crc-seq")]
    [InlineData("seq-zlib")]
    public void TryWrite_writes_nothing_that_does_not_fit(string name)
    {
        var format = FrameFormat.Parse(name);
        var payload = new byte[64];
        new Random(5).NextBytes(payload);
        var exact = new byte[200];
        Assert.True(format.TryWrite(3, payload, exact, out var size));

        var small = new byte[size - 1];
        Assert.False(format.TryWrite(3, payload, small, out var needed));

        Assert.Equal(size, needed);
        Assert.Equal(new byte[size - 1], small);
        Assert.Equal(payload, Read(format, exact[..size]).Payload.ToArray());
    }

    [Fact]
    public void Write_refuses_what_its_own_reader_would_refuse()
    {
        var format = FrameFormat.SequencedZlib with { MaximumDecompressedSize = 100 };
        var output = new ArrayBufferWriter<byte>();

        var error = Assert.Throws<DatagramTooLargeException>(() => format.Write(0, new byte[97], output));
        Assert.Equal(101, error.Size);
        Assert.Equal(100, error.Limit);
        Assert.Equal(0, output.WrittenCount);
        format.Write(0, new byte[96], output);
        Assert.Equal(96, Read(format, output.WrittenSpan.ToArray()).Payload.Length);
    }

    [Theory]
    [InlineData("crc-seq", 8)]
    [InlineData("seq", 4)]
    [InlineData("seq-zlib", 4)]
    [InlineData("crc", 4)]
    [InlineData("none", 0)]
    [InlineData("crc-seq-zlib", 8)]
    [InlineData("crc-zlib", 4)]
    [InlineData("zlib", 0)]
    public void Names_and_header_sizes(string name, int headerSize)
    {
        Assert.True(FrameFormat.TryParse(name, out var format));
        Assert.Equal(name, format.Name);
        Assert.Equal(name, format.ToString());
        Assert.Equal(headerSize, format.HeaderSize);
        Assert.True(format.HeaderSize <= FrameFormat.MaximumHeaderSize);
    }

    [Fact]
    public void Parse_says_what_there_is()
    {
        Assert.False(FrameFormat.TryParse(null, out _));
        var error = Assert.Throws<FormatException>(() => FrameFormat.Parse("CRC"));
        Assert.Equal("There is no frame format \"CRC\"; use crc-seq, seq, seq-zlib, crc, none, crc-seq-zlib, crc-zlib or zlib.", error.Message);
        Assert.Throws<ArgumentNullException>(() => FrameFormat.Parse(null!));
    }

    [Fact]
    public void Profiles_are_what_they_say()
    {
        Assert.Equal(new FrameFormat { Crc = true, Sequence = true }, FrameFormat.CrcSequenced);
        Assert.Equal(new FrameFormat { Sequence = true }, FrameFormat.Sequenced);
        Assert.Equal(new FrameFormat { Sequence = true, Compression = FrameCompression.Zlib }, FrameFormat.SequencedZlib);
        Assert.Equal(new FrameFormat { Crc = true }, FrameFormat.CrcOnly);
        Assert.Equal(new FrameFormat(), FrameFormat.None);
        Assert.Equal(65_536, FrameFormat.SequencedZlib.MaximumDecompressedSize);
    }

    [Fact]
    public void Validation_reports_every_error_together()
    {
        var format = new FrameFormat { Compression = (FrameCompression)9, MaximumDecompressedSize = 0 };

        var error = Assert.Throws<ArgumentException>(() => format.Validate("format"));

        Assert.Equal(
            "The frame format is not valid. Compression is 9; use a member of FrameCompression. MaximumDecompressedSize is 0; use 1 to 16777216. (Parameter 'format')",
            error.Message);
        FrameFormat.CrcSequenced.Validate("format");
    }

    internal static Datagram Datagram(byte[] bytes) =>
        new(bytes, new UdpEndpoint(IPAddress.Loopback, 4000), DateTimeOffset.UnixEpoch.AddSeconds(5), TimeSpan.FromSeconds(1));

    internal static Frame Read(FrameFormat format, byte[] bytes)
    {
        Assert.True(format.TryRead(Datagram(bytes), out var frame, out var reason), reason.ToName());
        return frame;
    }

    internal static void AssertRefused(FrameFormat format, byte[] bytes, FaultReason expected)
    {
        Assert.False(format.TryRead(Datagram(bytes), out _, out var reason), "The frame was accepted.");
        Assert.Equal(expected, reason);
    }

    private static void AssertRefused(string name, string hex, FaultReason expected) =>
        AssertRefused(FrameFormat.Parse(name), Convert.FromHexString(hex), expected);
}
