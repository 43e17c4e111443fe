using System.Buffers;
using System.Buffers.Binary;
using ReactiveLink.Framing;

namespace ReactiveLink;

public sealed partial record FrameFormat
{
    /// <summary>
    /// Fills in the header of a frame whose payload already lies in its place, without copying. For formats that do not compress.
    /// </summary>
    /// <param name="frame">The whole frame: <see cref="HeaderSize"/> bytes, which are overwritten, then the payload.</param>
    /// <param name="sequence">The sequence number; ignored where the format has none.</param>
    /// <exception cref="ArgumentException"><paramref name="frame"/> is shorter than the header.</exception>
    /// <exception cref="InvalidOperationException">The format compresses; use <see cref="Write"/>.</exception>
    public void Seal(Span<byte> frame, uint sequence)
    {
        if (!CanSeal)
        {
            throw new InvalidOperationException($"The frame format {Name} compresses: a frame cannot be sealed in place. Use Write.");
        }

        if (frame.Length < HeaderSize)
        {
            throw new ArgumentException($"A frame of format {Name} has at least {HeaderSize} bytes; this one has {frame.Length}.", nameof(frame));
        }

        if (Sequence)
        {
            BinaryPrimitives.WriteUInt32BigEndian(frame[CrcSize..], sequence);
        }

        if (Crc)
        {
            BinaryPrimitives.WriteUInt32BigEndian(frame, Crc32.Compute(frame[sizeof(uint)..]));
        }
    }

    /// <summary>Writes a whole frame, compressed if the format says so.</summary>
    /// <param name="sequence">The sequence number; ignored where the format has none.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="output">Where the frame goes.</param>
    /// <returns>The size of the frame in bytes.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="output"/> is null.</exception>
    /// <exception cref="DatagramTooLargeException">The format compresses and its own reader would refuse the frame: sequence and payload exceed
    /// <see cref="MaximumDecompressedSize"/>. Nothing was written.</exception>
    public int Write(uint sequence, ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (CanSeal)
        {
            var size = HeaderSize + payload.Length;
            var frame = output.GetSpan(size)[..size];
            payload.CopyTo(frame[HeaderSize..]);
            Seal(frame, sequence);
            output.Advance(size);
            return size;
        }

        using var buffer = Compress(sequence, payload);
        output.Write(buffer.Written);
        return buffer.Written.Length;
    }

    /// <summary>Writes a whole frame, compressed if the format says so, unless it does not fit.</summary>
    /// <param name="sequence">The sequence number; ignored where the format has none.</param>
    /// <param name="payload">The payload; may overlap the destination.</param>
    /// <param name="destination">Where the frame goes.</param>
    /// <param name="size">The size of the frame in bytes, also where it did not fit.</param>
    /// <returns>Whether it fitted; if not, nothing was written.</returns>
    /// <exception cref="DatagramTooLargeException">As for <see cref="Write"/>.</exception>
    public bool TryWrite(uint sequence, ReadOnlySpan<byte> payload, Span<byte> destination, out int size)
    {
        if (CanSeal)
        {
            size = HeaderSize + payload.Length;
            if (size > destination.Length)
            {
                return false;
            }

            payload.CopyTo(destination[HeaderSize..]);
            Seal(destination[..size], sequence);
            return true;
        }

        using var buffer = Compress(sequence, payload);
        size = buffer.Written.Length;
        return buffer.Written.TryCopyTo(destination);
    }

    private PooledBufferStream Compress(uint sequence, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > MaximumDecompressedSize - SequenceSize)
        {
            throw new DatagramTooLargeException((int)Math.Min((long)payload.Length + SequenceSize, int.MaxValue), MaximumDecompressedSize);
        }

        Span<byte> header = stackalloc byte[sizeof(uint)];
        var buffer = new PooledBufferStream(MaximumHeaderSize + payload.Length);
        try
        {
            if (Crc)
            {
                buffer.Write(header);
            }

            BinaryPrimitives.WriteUInt32BigEndian(header, sequence);
            Zlib.Compress(header[..SequenceSize], payload, buffer);
            if (Crc)
            {
                BinaryPrimitives.WriteUInt32BigEndian(buffer.Written, Crc32.Compute(buffer.Written[sizeof(uint)..]));
            }

            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }
}
