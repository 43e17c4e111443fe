using System.Buffers.Binary;
using ReactiveLink.Framing;

namespace ReactiveLink;

public sealed partial record FrameFormat
{
    /// <summary>
    /// Reads the frame of a datagram. Never throws, whatever the bytes are. An uncompressed payload is a slice of the datagram: nothing is copied
    /// or allocated.
    /// <list type="table">
    /// <listheader><term>datagram</term><description>result</description></listheader>
    /// <item><term>valid</term><description>true, with the frame</description></item>
    /// <item><term>shorter than its header, before or after decompression</term><description><see cref="FaultReason.TooShort"/></description></item>
    /// <item><term>CRC does not match</term><description><see cref="FaultReason.CrcMismatch"/></description></item>
    /// <item><term>not exactly one whole zlib stream: damaged, cut, with bytes after its end, or with a preset dictionary</term><description><see cref="FaultReason.DecompressFailed"/></description></item>
    /// <item><term>decompresses to more than <see cref="MaximumDecompressedSize"/></term><description><see cref="FaultReason.DecompressTooLarge"/></description></item>
    /// </list>
    /// </summary>
    /// <param name="datagram">The datagram.</param>
    /// <param name="frame">The frame, if it is good.</param>
    /// <param name="reason">What is wrong, if it is not; meaningless otherwise.</param>
    /// <returns>Whether the frame is good.</returns>
    public bool TryRead(in Datagram datagram, out Frame frame, out FaultReason reason)
    {
        var content = datagram.Payload;
        var compressed = Compression != FrameCompression.None;
        frame = default;
        if (content.Length < (compressed ? CrcSize : HeaderSize))
        {
            reason = FaultReason.TooShort;
            return false;
        }

        if (Crc)
        {
            var bytes = content.Span;
            if (BinaryPrimitives.ReadUInt32BigEndian(bytes) != Crc32.Compute(bytes[sizeof(uint)..]))
            {
                reason = FaultReason.CrcMismatch;
                return false;
            }

            content = content[sizeof(uint)..];
        }

        if (compressed)
        {
            if (!Zlib.TryDecompress(content, MaximumDecompressedSize, out var decompressed, out reason))
            {
                return false;
            }

            content = decompressed;
        }

        reason = default;
        if (!Sequence)
        {
            frame = new Frame(datagram, content, sequence: null);
            return true;
        }

        // Only after decompression can this still fail.
        if (content.Length < sizeof(uint))
        {
            reason = FaultReason.TooShort;
            return false;
        }

        frame = new Frame(datagram, content[sizeof(uint)..], BinaryPrimitives.ReadUInt32BigEndian(content.Span));
        return true;
    }
}
