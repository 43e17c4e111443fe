using System.Buffers;
using System.IO.Compression;
using static ReactiveLink.Tests.Framing.FrameFormatTests;

namespace ReactiveLink.Tests.Framing;

public sealed class FrameFormatHostileTests
{
    [Fact]
    public void Zlib_bomb_of_1_GB_does_not_allocate_over_its_bound()
    {
        var bomb = Bomb(1L << 30);
        AssertRefused(FrameFormat.SequencedZlib, bomb, FaultReason.DecompressTooLarge);

        var before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(FrameFormat.SequencedZlib, bomb, FaultReason.DecompressTooLarge);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(allocated, 0, 2 * FrameFormat.SequencedZlib.MaximumDecompressedSize);
    }

    [Fact]
    public void What_decompresses_to_far_more_than_it_was_is_whole()
    {
        var text = new byte[60_000];
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = (byte)(i / 700);
        }

        var output = new ArrayBufferWriter<byte>();
        FrameFormat.SequencedZlib.Write(7, text, output);

        Assert.True(output.WrittenCount * 20 < text.Length);
        Assert.Equal(text, Read(FrameFormat.SequencedZlib, output.WrittenSpan.ToArray()).Payload.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(1024)]
    [InlineData(65_536)]
    [InlineData(1_000_000)]
    public void The_bound_on_decompressed_size_is_exact(int bound)
    {
        var format = new FrameFormat { Compression = FrameCompression.Zlib, MaximumDecompressedSize = bound };

        Assert.Equal(bound, Read(format, Bomb(bound)).Payload.Length);
        AssertRefused(format, Bomb(bound + 1), FaultReason.DecompressTooLarge);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void A_format_that_is_not_valid_refuses_and_does_not_throw(int bound) =>
        AssertRefused(FrameFormat.SequencedZlib with { MaximumDecompressedSize = bound }, Compressed(60), FaultReason.DecompressTooLarge);

    [Fact]
    public void At_the_bound_the_adler32_is_still_checked()
    {
        var format = new FrameFormat { Compression = FrameCompression.Zlib, MaximumDecompressedSize = 1024 };
        var bytes = Bomb(1024);
        AssertRefused(format, bytes[..^1], FaultReason.DecompressFailed);
        AssertRefused(format, [.. bytes, 0], FaultReason.DecompressFailed);
        bytes[^1] ^= 1;
        AssertRefused(format, bytes, FaultReason.DecompressFailed);
    }

    [Fact]
    public void Every_truncation_of_a_zlib_stream_fails()
    {
        foreach (var size in new[] { 0, 5, 60, 3000 })
        {
            var whole = Compressed(size);
            for (var length = 0; length < whole.Length; length++)
            {
                AssertRefused(FrameFormat.SequencedZlib, whole[..length], FaultReason.DecompressFailed);
            }
        }
    }

    [Fact]
    public void A_zlib_stream_without_its_adler32_fails()
    {
        var whole = Compressed(60);
        AssertRefused(FrameFormat.SequencedZlib, whole[..^4], FaultReason.DecompressFailed);
    }

    [Fact]
    public void A_wrong_adler32_fails()
    {
        for (var i = 1; i <= 4; i++)
        {
            var bytes = Compressed(60);
            bytes[^i] ^= 1;
            AssertRefused(FrameFormat.SequencedZlib, bytes, FaultReason.DecompressFailed);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(20_000)]
    public void Bytes_after_the_end_of_a_zlib_stream_fail(int count)
    {
        foreach (var size in new[] { 0, 60, 3000, 20_000 })
        {
            AssertRefused(FrameFormat.SequencedZlib, [.. Compressed(size), .. new byte[count]], FaultReason.DecompressFailed);
        }
    }

    [Fact]
    public void A_second_zlib_stream_after_the_first_fails()
    {
        var one = Compressed(60);
        AssertRefused(FrameFormat.SequencedZlib, [.. one, .. one], FaultReason.DecompressFailed);
    }

    [Theory]
    [InlineData("78bb19910449636060e0cc4070011a010452")] // preset dictionary
    [InlineData("1f8b080000000000000303000000000000000000")] // gzip
    [InlineData("")]
    [InlineData("78")]
    [InlineData("789c")]
    [InlineData("789cffffffffffffffff")] // block type 3
    [InlineData("00000000000000000000")]
    [InlineData("ffffffffffffffffffff")]
    [InlineData("789c030000000002")] // Adler-32 of nothing is 1
    [InlineData("789d030000000001")] // header check
    [InlineData("889c030000000001")] // a window larger than 32 KiB
    public void What_is_not_zlib_fails(string hex) =>
        AssertRefused(FrameFormat.SequencedZlib, Convert.FromHexString(hex), FaultReason.DecompressFailed);

    [Fact]
    public void A_frame_at_the_largest_datagram_size_is_read()
    {
        var payload = new byte[65_507 - 8];
        new Random(1).NextBytes(payload);
        var output = new ArrayBufferWriter<byte>();
        FrameFormat.CrcSequenced.Write(1, payload, output);

        Assert.Equal(payload, Read(FrameFormat.CrcSequenced, output.WrittenSpan.ToArray()).Payload.ToArray());
    }

    private static byte[] Compressed(int size)
    {
        var payload = new byte[size];
        new Random(size).NextBytes(payload);
        var output = new ArrayBufferWriter<byte>();
        FrameFormat.SequencedZlib.Write(1, payload, output);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Bomb(long size)
    {
        var zeros = new byte[1 << 20];
        var stream = new MemoryStream();
        using (var zlib = new ZLibStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var rest = size; rest > 0; rest -= zeros.Length)
            {
                zlib.Write(zeros, 0, (int)Math.Min(rest, zeros.Length));
            }
        }

        return stream.ToArray();
    }
}
