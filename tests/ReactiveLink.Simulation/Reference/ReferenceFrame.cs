using System.Buffers.Binary;

namespace ReactiveLink.Simulation.Reference;

/// <summary>What a datagram is as a frame, by the table of formats and of faults in the docs.</summary>
/// <param name="Refused">Why it is refused, or null.</param>
/// <param name="MayBeTooLarge">Whether it is damaged, but passed the bound before: both reasons are right.</param>
/// <param name="Sequence">Its number, or null where the format has none.</param>
/// <param name="Payload">Its payload.</param>
internal sealed record ReferenceFrame(FaultReason? Refused, bool MayBeTooLarge, uint? Sequence, ReadOnlyMemory<byte> Payload)
{
    public static ReferenceFrame Read(FrameFormat format, ReadOnlyMemory<byte> datagram)
    {
        var isCompressed = format.Compression != FrameCompression.None;
        var outside = (format.Crc ? 4 : 0) + (format.Sequence && !isCompressed ? 4 : 0);
        if (datagram.Length < outside)
        {
            return Bad(FaultReason.TooShort);
        }

        var rest = datagram;
        if (format.Crc)
        {
            if (BinaryPrimitives.ReadUInt32BigEndian(rest.Span) != ReferenceCrc.Of(rest.Span[4..]))
            {
                return Bad(FaultReason.CrcMismatch);
            }

            rest = rest[4..];
        }

        if (isCompressed)
        {
            var (bytes, isTooLarge) = ReferenceInflate.Read(rest.Span, format.MaximumDecompressedSize);
            if (bytes is null)
            {
                return new ReferenceFrame(isTooLarge ? FaultReason.DecompressTooLarge : FaultReason.DecompressFailed, isTooLarge, null, default);
            }

            rest = bytes;
        }

        if (!format.Sequence)
        {
            return new ReferenceFrame(null, false, null, rest);
        }

        return rest.Length < 4
            ? Bad(FaultReason.TooShort)
            : new ReferenceFrame(null, false, BinaryPrimitives.ReadUInt32BigEndian(rest.Span), rest[4..]);
    }

    private static ReferenceFrame Bad(FaultReason reason) => new(reason, false, null, default);
}
