using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using ReactiveLink.Tests.Support;
using static ReactiveLink.Fuzz.FuzzException;

namespace ReactiveLink.Fuzz;

/// <summary>
/// Frames of all eight formats. The first byte of an input is the format (3 bits) and its bound (5 bits), the rest the datagram. A frame is taken where, and only
/// where, the model takes it; what was taken is written and read again.
/// </summary>
internal class FrameTarget : FuzzTarget
{
    private static readonly FrameFormat[] Formats =
        [.. new[] { "crc-seq", "seq", "crc", "none", "seq-zlib", "crc-seq-zlib", "crc-zlib", "zlib" }.Select(FrameFormat.Parse)];

    private static readonly int[] Bounds = [65_536, 65_536, 65_536, 65_536, 1, 3, 4, 5, 16, 100, 1000, 1 << 17];

    private static readonly byte[][] Payloads =
    [
        [], [0], "hello"u8.ToArray(), new byte[300], Encoding.UTF8.GetBytes(Wire.Envelope("""{"roll":1.5,"name":"plant"}""")), [.. Enumerable.Range(0, 200).Select(i => (byte)(i * 37))],
        new byte[20_000],
    ];

    private static readonly byte[][] Tokens = [[0x78, 0x9C], [0x78, 0xDA], [0x78, 0x9C, 3, 0, 0, 0, 0, 1], [1, 0, 0, 0xFF, 0xFF], [0, 0, 0, 1], [0xFF, 0xFF, 0xFF, 0xFF], [0x1F, 0x8B, 8]];

    private readonly Mutator _mutator = new(Tokens);
    private readonly byte[][][] _frames = [.. Formats.Select(format => Payloads.Select(payload => Written(format, 7, payload)).ToArray())];

    public override string Name => "frames";

    public override byte[] Generate(SeededRandom random)
    {
        var format = random.NextInt32(Formats.Length);
        var seeds = _frames[format];
        var (seed, other) = (seeds[Pick(random)], seeds[Pick(random)]);
        var datagram = Formats[format].Compression != FrameCompression.None && random.NextInt32(4) == 0
            ? [0, 0, 0, 0, .. new DeflateGenerator(random).Stream(1000)]
            : random.NextInt32(16) == 0 ? Noise(random) : _mutator.Mutate(seed, random, other);
        if (random.NextInt32(2) == 0)
        {
            Seal(datagram);
        }

        return [(byte)(format | (random.NextInt32(4) == 0 ? random.NextInt32(32) << 3 : 0)), .. datagram];
    }

    public override bool Check(byte[] input)
    {
        if (input.Length == 0)
        {
            return false;
        }

        var format = Formats[input[0] & 7];
        format = format with { MaximumDecompressedSize = Bounds[(input[0] >> 3) % Bounds.Length] };
        return Check(format, input[1..]);
    }

    protected static bool Check(FrameFormat format, byte[] bytes)
    {
        var expected = FrameModel.Expect(format, bytes, out var payload, out var sequence);
        var datagram = new Datagram(bytes, Wire.Remote, DateTimeOffset.UnixEpoch, TimeSpan.Zero);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var isGood = format.TryRead(datagram, out var frame, out var reason);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (expected == FaultReason.DecompressTooLarge && reason == FaultReason.DecompressFailed)
        {
            // Both are true of a stream that is damaged right behind the bound.
            expected = FrameModel.Expect(format with { MaximumDecompressedSize = 1 << 21 }, bytes, out _, out _);
        }

        Equal(expected, isGood ? null : reason);
        Require(format.Compression == FrameCompression.None ? allocated == 0 : allocated <= (2L * format.MaximumDecompressedSize) + 100_000);
        if (!isGood)
        {
            return false;
        }

        Equal(sequence, frame.Sequence);
        Require(frame.Payload.Span.SequenceEqual(payload));
        Require(frame.Payload.Length <= (format.Compression == FrameCompression.None ? bytes.Length : format.MaximumDecompressedSize));
        CheckKept(format, bytes, frame);
        CheckWritten(format, bytes, frame);
        return true;
    }

    /// <summary>The CRC that makes the rest right, where there is room for one.</summary>
    protected static void Seal(Span<byte> frame)
    {
        if (frame.Length >= 4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(frame, Wire.Crc(frame[4..]));
        }
    }

    private static int Pick(SeededRandom random) => random.NextInt32(random.NextInt32(32) == 0 ? Payloads.Length : Payloads.Length - 1);

    private static byte[] Noise(SeededRandom random)
    {
        var bytes = new byte[random.NextInt32(40)];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)random.NextUInt64();
        }

        return bytes;
    }

    /// <summary>Lent memory is overwritten after OnNext; what was kept must not change.</summary>
    private static void CheckKept(FrameFormat format, byte[] bytes, in Frame frame)
    {
        var lent = bytes.ToArray();
        Require(format.TryRead(new Datagram(lent, Wire.Remote, DateTimeOffset.UnixEpoch, TimeSpan.Zero, isLent: true), out var again, out _));
        var kept = again.Keep();
        Array.Clear(lent);
        Require(kept.Payload.Span.SequenceEqual(frame.Payload.Span) && kept.Sequence == frame.Sequence && kept.Datagram.Payload.Span.SequenceEqual(bytes));
    }

    private static void CheckWritten(FrameFormat format, byte[] bytes, in Frame frame)
    {
        // Compressing costs more than all else: one in eight.
        if (!format.CanSeal && (bytes[^1] & 7) != 0)
        {
            return;
        }

        var written = Written(format, frame.Sequence ?? 0, frame.Payload.Span);
        if (format.CanSeal)
        {
            Require(written.AsSpan().SequenceEqual(bytes));
        }
        else
        {
            Require(format.TryRead(new Datagram(written, Wire.Remote, DateTimeOffset.UnixEpoch, TimeSpan.Zero), out var again, out _));
            Require(again.Payload.Span.SequenceEqual(frame.Payload.Span) && again.Sequence == frame.Sequence);
        }

        var room = new byte[written.Length];
        Require(format.TryWrite(frame.Sequence ?? 0, frame.Payload.Span, room, out var size) && size == written.Length && room.AsSpan().SequenceEqual(written));
        Require(size == 0 || (!format.TryWrite(frame.Sequence ?? 0, frame.Payload.Span, room.AsSpan(1), out var needed) && needed == size));
    }

    private static byte[] Written(FrameFormat format, uint sequence, ReadOnlySpan<byte> payload)
    {
        var output = new ArrayBufferWriter<byte>(payload.Length + 64);
        Equal(format.Write(sequence, payload, output), output.WrittenCount);
        return output.WrittenSpan.ToArray();
    }
}
