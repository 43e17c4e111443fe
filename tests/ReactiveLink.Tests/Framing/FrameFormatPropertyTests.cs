using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using static ReactiveLink.Tests.Framing.FrameFormatTests;

namespace ReactiveLink.Tests.Framing;

public sealed class FrameFormatPropertyTests
{
    private static readonly string[] Names = ["crc-seq", "seq", "seq-zlib", "crc", "none", "crc-seq-zlib", "crc-zlib", "zlib"];

    [Fact]
    public void Every_format_round_trips()
    {
        foreach (var format in Names.Select(FrameFormat.Parse))
        {
            Prop.ForAll<uint, byte[]>((sequence, payload) =>
            {
                var frame = Read(format, Written(format, sequence, payload));
                return frame.Payload.Span.SequenceEqual(payload) && frame.Sequence == (format.Sequence ? sequence : null);
            }).QuickCheckThrowOnFailure();
        }
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        foreach (var format in Names.Select(FrameFormat.Parse))
        {
            Prop.ForAll<byte[]>(bytes => Survives(format, bytes)).QuickCheckThrowOnFailure();
        }
    }

    [Fact]
    public void Damaged_frames_never_throw()
    {
        foreach (var format in Names.Select(FrameFormat.Parse))
        {
            Prop.ForAll<byte[], byte[], PositiveInt>((payload, damage, where) =>
            {
                var bytes = Written(format, 9, payload);
                for (var i = 0; i < damage.Length && bytes.Length > 0; i++)
                {
                    bytes[(int)(((long)where.Get * (i + 1)) % bytes.Length)] ^= damage[i];
                }

                return Survives(format, bytes);
            }).QuickCheckThrowOnFailure();
        }
    }

    [Fact]
    public void Cut_and_lengthened_frames_never_throw()
    {
        foreach (var format in Names.Select(FrameFormat.Parse))
        {
            Prop.ForAll<byte[], NonNegativeInt, byte[]>((payload, cut, more) =>
            {
                var bytes = Written(format, 9, payload);
                return Survives(format, [.. bytes.AsSpan(0, cut.Get % (bytes.Length + 1)), .. more]);
            }).QuickCheckThrowOnFailure();
        }
    }

    [Fact]
    public void A_flipped_bit_is_always_detected_with_a_crc()
    {
        foreach (var format in Names.Select(FrameFormat.Parse).Where(format => format.Crc))
        {
            Prop.ForAll<byte[], NonNegativeInt>((payload, where) =>
            {
                var bytes = Written(format, 9, payload);
                var bit = where.Get % (bytes.Length * 8);
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                return !format.TryRead(Datagram(bytes), out _, out var reason) && reason == FaultReason.CrcMismatch;
            }).QuickCheckThrowOnFailure();
        }
    }

    private static byte[] Written(FrameFormat format, uint sequence, byte[] payload)
    {
        var output = new ArrayBufferWriter<byte>();
        format.Write(sequence, payload, output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reading gives a frame or one of the reasons of framing.</summary>
    private static bool Survives(FrameFormat format, byte[] bytes) =>
        format.TryRead(Datagram(bytes), out _, out var reason)
        || reason is FaultReason.CrcMismatch or FaultReason.TooShort or FaultReason.DecompressFailed or FaultReason.DecompressTooLarge;
}
