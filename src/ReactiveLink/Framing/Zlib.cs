using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;

namespace ReactiveLink.Framing;

/// <summary>One datagram, one zlib stream (RFC 1950).</summary>
internal static class Zlib
{
    // What RFC 1950 and 1951 make of no bytes: header, one final empty block, Adler-32 of nothing. ZLibStream writes nothing at all then.
    private static ReadOnlySpan<byte> NoBytes => [0x78, 0x9C, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01];

    /// <summary>
    /// Decompresses exactly one whole stream of at most <paramref name="limit"/> bytes. Memory grows with what really comes out, up to the limit,
    /// whatever the stream claims.
    /// </summary>
    public static bool TryDecompress(
        ReadOnlyMemory<byte> compressed, int limit, [NotNullWhen(true)] out byte[]? decompressed, out FaultReason reason)
    {
        decompressed = null;
        reason = FaultReason.DecompressFailed;

        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(compressed.Length * 4L, 1, Math.Max(1, limit)));
        try
        {
            using var input = new WholeStreamInput(compressed);
            using var zlib = new ZLibStream(input, CompressionMode.Decompress, leaveOpen: true);
            var size = 0;
            while (size < limit)
            {
                if (size == buffer.Length)
                {
                    buffer = Grow(buffer, (int)Math.Min(limit, size * 2L));
                }

                var read = zlib.Read(buffer, size, Math.Min(buffer.Length, limit) - size);
                if (read == 0)
                {
                    break;
                }

                size += read;
            }

            // At the limit one more read tells whether the stream ends there; it also lets zlib check the Adler-32.
            if (size >= limit && zlib.ReadByte() >= 0)
            {
                reason = FaultReason.DecompressTooLarge;
                return false;
            }

            if (!input.WasReadExactly)
            {
                return false;
            }

            decompressed = buffer.AsSpan(0, size).ToArray();
            return true;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            // ZLibStream says InvalidDataException of damaged data and an IOException of what zlib does not support, such as a preset dictionary.
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Appends two spans as one stream.</summary>
    public static void Compress(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Stream output)
    {
        if (first.IsEmpty && second.IsEmpty)
        {
            output.Write(NoBytes);
            return;
        }

        using var zlib = new ZLibStream(output, CompressionLevel.Optimal, leaveOpen: true);
        zlib.Write(first);
        zlib.Write(second);
    }

    private static byte[] Grow(byte[] buffer, int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
