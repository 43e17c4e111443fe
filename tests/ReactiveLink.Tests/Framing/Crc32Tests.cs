using System.Text;
using ReactiveLink.Framing;
using Arm = System.Runtime.Intrinsics.Arm;

namespace ReactiveLink.Tests.Framing;

public sealed class Crc32Tests
{
    [Theory]
    [InlineData("", 0x00000000u)]
    [InlineData("a", 0xE8B7BE43u)]
    [InlineData("abc", 0x352441C2u)]
    [InlineData("123456789", 0xCBF43926u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void Published_check_values(string text, uint expected) => Assert.Equal(expected, Crc32.Compute(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Values_of_zlib()
    {
        var ramp = Enumerable.Range(0, 1024).Select(i => (byte)i).ToArray();

        Assert.Equal(0x190A55ADu, Crc32.Compute(new byte[32]));
        Assert.Equal(0x29058C73u, Crc32.Compute(ramp.AsSpan(0, 256)));
        Assert.Equal(0xB70B4C26u, Crc32.Compute(ramp));
    }

    [Fact]
    public void Every_path_agrees_with_the_definition_at_every_length_and_offset()
    {
        var data = new byte[1400];
        new Random(20).NextBytes(data);
        for (var length = 0; length <= 1100; length++)
        {
            var offset = length * 7 % 67;
            AssertAllPaths(data.AsSpan(offset, length), 0xFFFFFFFF);
        }

        for (var offset = 0; offset < 64; offset++)
        {
            for (var length = 0; length < 130; length++)
            {
                AssertAllPaths(data.AsSpan(offset, length), 0xFFFFFFFF);
            }
        }
    }

    [Fact]
    public void Every_path_agrees_from_any_register()
    {
        var random = new Random(21);
        var data = new byte[300];
        for (var i = 0; i < 3000; i++)
        {
            random.NextBytes(data);
            AssertAllPaths(data.AsSpan(0, random.Next(data.Length)), (uint)random.NextInt64(1L << 32));
        }
    }

    [Fact]
    public void Large_input_agrees()
    {
        var data = new byte[65_507];
        new Random(22).NextBytes(data);

        AssertAllPaths(data, 0xFFFFFFFF);
        AssertAllPaths(new byte[65_507], 0);
    }

    [Fact]
    public void Append_over_any_split_is_the_whole()
    {
        var data = new byte[200];
        new Random(23).NextBytes(data);
        var whole = Crc32.Compute(data);
        for (var split = 0; split <= data.Length; split++)
        {
            Assert.Equal(whole, Crc32.Append(Crc32.Compute(data.AsSpan(0, split)), data.AsSpan(split)));
        }
    }

    [Fact]
    public void The_folding_path_runs_here_or_the_machine_lacks_it() =>
        Assert.Equal(System.Runtime.Intrinsics.X86.Pclmulqdq.IsSupported, Crc32Folding.IsSupported);

    [Fact]
    public void Folding_needs_a_whole_block() => Assert.Throws<ArgumentException>(() => Crc32Folding.Update(0, new byte[15]));

    [Fact]
    public void Folding_constants_are_the_powers_of_x_that_they_claim()
    {
        Assert.Equal(Power(128 + 32), Crc32Folding.Fold1Low);
        Assert.Equal(Power(128 - 32), Crc32Folding.Fold1High);
        Assert.Equal(Power(256 + 32), Crc32Folding.Fold2Low);
        Assert.Equal(Power(256 - 32), Crc32Folding.Fold2High);
        Assert.Equal(Power(384 + 32), Crc32Folding.Fold3Low);
        Assert.Equal(Power(384 - 32), Crc32Folding.Fold3High);
        Assert.Equal(Power(512 + 32), Crc32Folding.Fold4Low);
        Assert.Equal(Power(512 - 32), Crc32Folding.Fold4High);
        Assert.Equal(Power(64), Crc32Folding.Reduce64);
        Assert.Equal(Reflect(Polynomial, 33), Crc32Folding.ReflectedPolynomial);

        UInt128 remainder = (UInt128)1 << 64;
        ulong quotient = 0;
        for (var bit = 32; bit >= 0; bit--)
        {
            if (((remainder >> (bit + 32)) & 1) == 1)
            {
                quotient |= 1UL << bit;
                remainder ^= (UInt128)Polynomial << bit;
            }
        }

        Assert.Equal(Reflect(quotient, 33), Crc32Folding.BarrettQuotient);
    }

    private const ulong Polynomial = 0x104C11DB7;

    private static ulong Power(int exponent)
    {
        ulong value = 1;
        for (var i = 0; i < exponent; i++)
        {
            value <<= 1;
            value ^= (value >> 32) * Polynomial;
        }

        return Reflect(value, 32) << 1;
    }

    private static ulong Reflect(ulong value, int bits)
    {
        ulong result = 0;
        for (var bit = 0; bit < bits; bit++)
        {
            result |= ((value >> bit) & 1) << (bits - 1 - bit);
        }

        return result;
    }

    private static void AssertAllPaths(ReadOnlySpan<byte> data, uint register)
    {
        var expected = Bitwise(register, data);
        Assert.Equal(expected, Crc32Slicing.Update(register, data));
        Assert.Equal(~expected, Crc32.Append(~register, data));
        if (Crc32Folding.IsSupported && data.Length >= Crc32Folding.MinimumLength)
        {
            Assert.Equal(expected, Crc32Folding.Update(register, data));
        }

        if (Arm.Crc32.Arm64.IsSupported)
        {
            Assert.Equal(expected, Crc32Arm.Update(register, data));
        }
    }

    /// <summary>The definition, a bit at a time.</summary>
    private static uint Bitwise(uint register, ReadOnlySpan<byte> data)
    {
        foreach (var value in data)
        {
            register ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                register = (register & 1) == 1 ? (register >> 1) ^ 0xEDB88320 : register >> 1;
            }
        }

        return register;
    }
}
