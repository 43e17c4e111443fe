using Arm = System.Runtime.Intrinsics.Arm;

namespace ReactiveLink.Framing;

/// <summary>
/// CRC-32 of IEEE 802.3, the one that zlib calls crc32: polynomial 0x04C11DB7 reflected to 0xEDB88320, initial value and final xor
/// 0xFFFFFFFF. The check value, of the ASCII digits 123456789, is 0xCBF43926.
/// </summary>
/// <remarks>
/// Three paths give the same result: carry-less multiplication on x86 (<see cref="Crc32Folding"/>), the CRC instructions of ARM
/// (<see cref="Crc32Arm"/>) and tables everywhere else and for the shortest inputs (<see cref="Crc32Slicing"/>).
/// </remarks>
internal static class Crc32
{
    /// <summary>The CRC of some bytes.</summary>
    public static uint Compute(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>Continues a CRC over more bytes: the CRC of both parts together.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        if (Crc32Folding.IsSupported && data.Length >= Crc32Folding.MinimumLength)
        {
            return ~Crc32Folding.Update(~crc, data);
        }

        return Arm.Crc32.Arm64.IsSupported ? ~Crc32Arm.Update(~crc, data) : ~Crc32Slicing.Update(~crc, data);
    }
}
