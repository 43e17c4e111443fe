using System.Buffers.Binary;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Fuzz;

/// <summary>What a frame format says of some bytes, from its documentation alone.</summary>
internal static class FrameModel
{
    /// <summary>The reason to refuse the bytes, or null with payload and sequence.</summary>
    public static FaultReason? Expect(FrameFormat format, ReadOnlySpan<byte> bytes, out byte[] payload, out uint? sequence)
    {
        payload = [];
        sequence = null;
        var isCompressed = format.Compression == FrameCompression.Zlib;
        if (bytes.Length < (format.Crc ? 4 : 0) + (format.Sequence && !isCompressed ? 4 : 0))
        {
            return FaultReason.TooShort;
        }

        if (format.Crc)
        {
            if (BinaryPrimitives.ReadUInt32BigEndian(bytes) != Wire.Crc(bytes[4..]))
            {
                return FaultReason.CrcMismatch;
            }

            bytes = bytes[4..];
        }

        if (isCompressed)
        {
            var outcome = Inflater.Inflate(bytes, format.MaximumDecompressedSize, out var inflated);
            if (outcome != Inflater.Outcome.Whole)
            {
                return outcome == Inflater.Outcome.TooLarge ? FaultReason.DecompressTooLarge : FaultReason.DecompressFailed;
            }

            bytes = inflated;
        }

        if (format.Sequence)
        {
            if (bytes.Length < 4)
            {
                return FaultReason.TooShort;
            }

            sequence = BinaryPrimitives.ReadUInt32BigEndian(bytes);
            bytes = bytes[4..];
        }

        payload = bytes.ToArray();
        return null;
    }
}
