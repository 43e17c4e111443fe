using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ReactiveLink.Framing;

/// <summary>
/// CRC-32 by carry-less multiplication: V. Gopal, E. Ozturk, J. Guilford, G. Wolrich, W. Feghali, M. Dixon and D. Karakoyunlu, "Fast CRC
/// Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel, 2009. Works on the register, without initial value and final xor.
/// </summary>
/// <remarks>
/// A block of 16 bytes is a polynomial; multiplied by x^D mod P it may be added to the block D bits after it without changing the remainder.
/// The input is aligned to its end: leading zeros do not change a remainder, so the first block is the one that is padded, and no tail is left
/// for the tables. Frames of up to 64 bytes fold all their blocks into the last at once, so the multiplications overlap.
/// </remarks>
internal static class Crc32Folding
{
    /// <summary>The shortest input: one block.</summary>
    public const int MinimumLength = 16;

    // x^(D+32) mod P and x^(D-32) mod P, bit-reflected and shifted left by one, for D of 1 to 4 blocks: the constants of the paper's
    // section on bit-reflected data. A test derives them again.
    internal const ulong Fold1Low = 0x1751997D0;
    internal const ulong Fold1High = 0x0CCAA009E;
    internal const ulong Fold2Low = 0x0F1DA05AA;
    internal const ulong Fold2High = 0x15A546366;
    internal const ulong Fold3Low = 0x03DB1ECDC;
    internal const ulong Fold3High = 0x174359406;
    internal const ulong Fold4Low = 0x154442BD4;
    internal const ulong Fold4High = 0x1C6E41596;

    // x^64 mod P for the last step down to 64 bits, then P itself and floor(x^64 / P) for Barrett's reduction, all reflected.
    internal const ulong Reduce64 = 0x163CD6124;
    internal const ulong ReflectedPolynomial = 0x1DB710641;
    internal const ulong BarrettQuotient = 0x1F7011641;

    public static bool IsSupported => Pclmulqdq.IsSupported && Ssse3.IsSupported;

    // Sixteen bytes loaded from 16 + n shift a vector down by n bytes under PSHUFB; from 16 - n they shift it up. 0x80 selects zero.
    private static ReadOnlySpan<byte> Shifts =>
    [
        0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
    ];

    /// <summary>Advances the register over at least <see cref="MinimumLength"/> bytes.</summary>
    public static uint Update(uint register, ReadOnlySpan<byte> data)
    {
        if (data.Length < MinimumLength)
        {
            throw new ArgumentException("The input is shorter than one block.", nameof(data));
        }

        ref var start = ref MemoryMarshal.GetReference(data);
        ref var shifts = ref MemoryMarshal.GetReference(Shifts);
        var initial = Vector128.CreateScalar(register).AsByte();
        var first = Load(ref start, 0);
        var head = data.Length & 15;
        var offset = head;
        var blocks = data.Length >> 4;

        // The register is added to the first four bytes. They lie in the padded block, in the first whole one, or in both.
        var padded = Ssse3.Shuffle(first ^ initial, Vector128.LoadUnsafe(ref shifts, (nuint)head)).AsUInt64();
        var spill = Ssse3.Shuffle(initial, Vector128.LoadUnsafe(ref shifts, (nuint)(16 + head)));
        var block0 = (Load(ref start, offset) ^ spill).AsUInt64();
        Vector128<ulong> sum;
        if (blocks < 4)
        {
            sum = blocks switch
            {
                1 => Fold(padded, Fold1Low, Fold1High) ^ block0,
                2 => Fold(padded, Fold2Low, Fold2High) ^ Fold(block0, Fold1Low, Fold1High) ^ LoadBlock(ref start, offset + 16),
                _ => Fold(padded, Fold3Low, Fold3High) ^ Fold(block0, Fold2Low, Fold2High)
                    ^ Fold(LoadBlock(ref start, offset + 16), Fold1Low, Fold1High) ^ LoadBlock(ref start, offset + 32),
            };
            return Reduce(sum);
        }

        block0 ^= Fold(padded, Fold1Low, Fold1High);
        var block1 = LoadBlock(ref start, offset + 16);
        var block2 = LoadBlock(ref start, offset + 32);
        var block3 = LoadBlock(ref start, offset + 48);
        offset += 64;
        for (blocks -= 4; blocks >= 4; blocks -= 4)
        {
            block0 = Fold(block0, Fold4Low, Fold4High) ^ LoadBlock(ref start, offset);
            block1 = Fold(block1, Fold4Low, Fold4High) ^ LoadBlock(ref start, offset + 16);
            block2 = Fold(block2, Fold4Low, Fold4High) ^ LoadBlock(ref start, offset + 32);
            block3 = Fold(block3, Fold4Low, Fold4High) ^ LoadBlock(ref start, offset + 48);
            offset += 64;
        }

        sum = Fold(block0, Fold3Low, Fold3High) ^ Fold(block1, Fold2Low, Fold2High) ^ Fold(block2, Fold1Low, Fold1High) ^ block3;
        for (; blocks > 0; blocks--)
        {
            sum = Fold(sum, Fold1Low, Fold1High) ^ LoadBlock(ref start, offset);
            offset += 16;
        }

        return Reduce(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Load(ref byte start, int offset) => Vector128.LoadUnsafe(ref start, (nuint)offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> LoadBlock(ref byte start, int offset) => Vector128.LoadUnsafe(ref start, (nuint)offset).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Fold(Vector128<ulong> block, ulong low, ulong high)
    {
        var factors = Vector128.Create(low, high);
        return Pclmulqdq.CarrylessMultiply(block, factors, 0x00) ^ Pclmulqdq.CarrylessMultiply(block, factors, 0x11);
    }

    /// <summary>128 bits to 96, to 64, and by Barrett's method to the 32 of the remainder.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Reduce(Vector128<ulong> block)
    {
        var lowWord = Vector128.Create(0xFFFFFFFFUL, 0);
        var to96 = Pclmulqdq.CarrylessMultiply(block, Vector128.Create(0UL, Fold1High), 0x10) ^ Sse2.ShiftRightLogical128BitLane(block, 8);
        var to64 = Pclmulqdq.CarrylessMultiply(to96 & lowWord, Vector128.Create(Reduce64, 0), 0x00) ^ Sse2.ShiftRightLogical128BitLane(to96, 4);
        var barrett = Vector128.Create(ReflectedPolynomial, BarrettQuotient);
        var quotient = Pclmulqdq.CarrylessMultiply(to64 & lowWord, barrett, 0x10) & lowWord;
        return (Pclmulqdq.CarrylessMultiply(quotient, barrett, 0x00) ^ to64).AsUInt32().GetElement(1);
    }
}
