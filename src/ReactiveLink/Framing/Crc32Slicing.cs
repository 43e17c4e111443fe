using System.Buffers.Binary;

namespace ReactiveLink.Framing;

/// <summary>
/// CRC-32 by eight tables, eight bytes a step: M. E. Kounavis and F. L. Berry, "A Systematic Approach to Building High Performance
/// Software-based CRC Generators", ISCC 2005. Works on the register, without initial value and final xor.
/// </summary>
internal static class Crc32Slicing
{
    private const uint Polynomial = 0xEDB88320;
    private static readonly uint[] Tables = BuildTables();

    public static uint Update(uint register, ReadOnlySpan<byte> data)
    {
        // A span of known length lets the compiler drop the bounds checks of the byte-indexed look-ups.
        var tables = Tables.AsSpan(0, 8 * 256);
        while (data.Length >= 8)
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(data) ^ register;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
            register = tables[(7 * 256) + (byte)low] ^ tables[(6 * 256) + (byte)(low >> 8)]
                ^ tables[(5 * 256) + (byte)(low >> 16)] ^ tables[(4 * 256) + (byte)(low >> 24)]
                ^ tables[(3 * 256) + (byte)high] ^ tables[(2 * 256) + (byte)(high >> 8)]
                ^ tables[256 + (byte)(high >> 16)] ^ tables[(byte)(high >> 24)];
            data = data[8..];
        }

        if (data.Length >= 4)
        {
            var word = BinaryPrimitives.ReadUInt32LittleEndian(data) ^ register;
            register = tables[(3 * 256) + (byte)word] ^ tables[(2 * 256) + (byte)(word >> 8)]
                ^ tables[256 + (byte)(word >> 16)] ^ tables[(byte)(word >> 24)];
            data = data[4..];
        }

        foreach (var value in data)
        {
            register = (register >> 8) ^ tables[(byte)(register ^ value)];
        }

        return register;
    }

    /// <summary>Table k holds the CRC of each byte followed by k zero bytes.</summary>
    private static uint[] BuildTables()
    {
        var tables = new uint[8 * 256];
        for (var value = 0; value < 256; value++)
        {
            var register = (uint)value;
            for (var bit = 0; bit < 8; bit++)
            {
                register = (register >> 1) ^ ((register & 1) * Polynomial);
            }

            tables[value] = register;
        }

        for (var index = 256; index < tables.Length; index++)
        {
            var previous = tables[index - 256];
            tables[index] = (previous >> 8) ^ tables[(byte)previous];
        }

        return tables;
    }
}
