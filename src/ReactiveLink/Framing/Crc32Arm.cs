using System.Buffers.Binary;
using Arm = System.Runtime.Intrinsics.Arm;

namespace ReactiveLink.Framing;

/// <summary>CRC-32 by the CRC32X and CRC32B instructions of ARMv8, which compute exactly this polynomial.</summary>
internal static class Crc32Arm
{
    public static uint Update(uint register, ReadOnlySpan<byte> data)
    {
        while (data.Length >= 8)
        {
            register = Arm.Crc32.Arm64.ComputeCrc32(register, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[8..];
        }

        foreach (var value in data)
        {
            register = Arm.Crc32.ComputeCrc32(register, value);
        }

        return register;
    }
}
