using System.Buffers.Binary;

namespace ReactiveLink.Fuzz;

/// <summary>
/// Reads a zlib stream (RFC 1950, RFC 1951) bit by bit: slow, and nothing of the platform's. A code is refused unless it is complete; a distance code may also be a
/// single one of one bit, or none, as zlib has it.
/// </summary>
internal sealed class Inflater
{
    private const int EndOfBlock = 256;

    private static readonly int[] LengthBases = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
    private static readonly int[] LengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
    private static readonly int[] DistanceBases =
        [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];

    private static readonly int[] CodeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    private static readonly HuffmanCode FixedLiterals = HuffmanCode.Of([.. Enumerable.Range(0, 288).Select(i => i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)], mayBeSingle: false)!;
    private static readonly HuffmanCode FixedDistances = HuffmanCode.Of([.. Enumerable.Repeat(5, 32)], mayBeSingle: false)!;

    private readonly byte[] _input;
    private readonly int _limit;
    private byte[] _output = new byte[1024];
    private int _size;
    private int _bit;

    private Inflater(byte[] input, int limit) => (_input, _limit) = (input, limit);

    /// <summary>How it ends.</summary>
    public enum Outcome
    {
        /// <summary>Exactly one whole stream.</summary>
        Whole,

        /// <summary>Damaged, cut, or with something after it.</summary>
        Failed,

        /// <summary>More than the limit comes out before anything is found to be wrong.</summary>
        TooLarge,
    }

    /// <summary>Reads a stream.</summary>
    /// <param name="input">All the bytes.</param>
    /// <param name="limit">The most that may come out.</param>
    /// <param name="output">What came out.</param>
    public static Outcome Inflate(ReadOnlySpan<byte> input, int limit, out byte[] output)
    {
        var inflater = new Inflater(input.ToArray(), limit);
        try
        {
            inflater.ReadStream();
            output = inflater._output[..inflater._size];
            return Outcome.Whole;
        }
        catch (StreamEnd end)
        {
            output = [];
            return end.Outcome;
        }
    }

    /// <summary>Adler-32 of RFC 1950.</summary>
    public static uint Adler(ReadOnlySpan<byte> bytes)
    {
        var (a, b) = (1u, 0u);
        foreach (var value in bytes)
        {
            a = (a + value) % 65_521;
            b = (b + a) % 65_521;
        }

        return (b << 16) | a;
    }

    /// <summary>What a deflate stream without header and checksum gives, however it ends.</summary>
    public static byte[] OutputOf(ReadOnlySpan<byte> deflated, int limit)
    {
        var inflater = new Inflater(deflated.ToArray(), limit);
        try
        {
            inflater.ReadBlocks();
        }
        catch (StreamEnd)
        {
            // As far as it goes.
        }

        return inflater._output[..inflater._size];
    }

    private static StreamEnd Failed() => new(Outcome.Failed);

    private void ReadStream()
    {
        var (method, flags) = (Bits(8), Bits(8));
        if ((method & 15) != 8 || method >> 4 > 7 || ((method << 8) | flags) % 31 != 0 || (flags & 0x20) != 0)
        {
            throw Failed();
        }

        ReadBlocks();
        var at = (_bit + 7) / 8;
        if (at + 4 != _input.Length || BinaryPrimitives.ReadUInt32BigEndian(_input.AsSpan(at)) != Adler(_output.AsSpan(0, _size)))
        {
            throw Failed();
        }
    }

    private void ReadBlocks()
    {
        bool isLast;
        do
        {
            isLast = Bits(1) == 1;
            switch (Bits(2))
            {
                case 0:
                    ReadStored();
                    break;
                case 1:
                    ReadCodes(FixedLiterals, FixedDistances);
                    break;
                case 2:
                    ReadDynamic();
                    break;
                default:
                    throw Failed();
            }
        }
        while (!isLast);
    }

    private void ReadStored()
    {
        _bit = (_bit + 7) / 8 * 8;
        var (length, complement) = (Bits(16), Bits(16));
        if (length != (~complement & 0xFFFF))
        {
            throw Failed();
        }

        for (; length > 0; length--)
        {
            Put((byte)Bits(8));
        }
    }

    private void ReadDynamic()
    {
        var (literals, distances, lengths) = (Bits(5) + 257, Bits(5) + 1, Bits(4) + 4);
        if (literals > 286 || distances > 30)
        {
            throw Failed();
        }

        var first = new int[19];
        for (var i = 0; i < lengths; i++)
        {
            first[CodeLengthOrder[i]] = Bits(3);
        }

        var code = HuffmanCode.Of(first, mayBeSingle: false) ?? throw Failed();
        var all = new int[literals + distances];
        for (var i = 0; i < all.Length;)
        {
            var symbol = Symbol(code);
            if (symbol < 16)
            {
                all[i++] = symbol;
                continue;
            }

            if (symbol == 16 && i == 0)
            {
                throw Failed();
            }

            var (value, count) = symbol switch { 16 => (all[i - 1], 3 + Bits(2)), 17 => (0, 3 + Bits(3)), _ => (0, 11 + Bits(7)) };
            if (i + count > all.Length)
            {
                throw Failed();
            }

            Array.Fill(all, value, i, count);
            i += count;
        }

        if (all[EndOfBlock] == 0)
        {
            throw Failed();
        }

        ReadCodes(
            HuffmanCode.Of(all[..literals], mayBeSingle: true) ?? throw Failed(),
            HuffmanCode.Of(all[literals..], mayBeSingle: true) ?? throw Failed());
    }

    private void ReadCodes(HuffmanCode literals, HuffmanCode distances)
    {
        while (true)
        {
            var symbol = Symbol(literals);
            if (symbol < EndOfBlock)
            {
                Put((byte)symbol);
                continue;
            }

            if (symbol == EndOfBlock)
            {
                return;
            }

            if (symbol > 285)
            {
                throw Failed();
            }

            var length = LengthBases[symbol - 257] + Bits(LengthBits[symbol - 257]);
            var slot = Symbol(distances);
            if (slot > 29)
            {
                throw Failed();
            }

            var distance = DistanceBases[slot] + Bits(slot < 2 ? 0 : (slot / 2) - 1);
            if (distance > _size)
            {
                throw Failed();
            }

            for (; length > 0; length--)
            {
                Put(_output[_size - distance]);
            }
        }
    }

    private int Symbol(HuffmanCode code)
    {
        var (first, start, bits) = (0, 0, 0);
        for (var length = 1; length <= HuffmanCode.MaximumLength; length++)
        {
            bits |= Bits(1);
            var count = code.Counts[length];
            if (bits - first < count)
            {
                return code.Symbols[start + bits - first];
            }

            start += count;
            first = (first + count) << 1;
            bits <<= 1;
        }

        throw Failed();
    }

    private int Bits(int count)
    {
        var value = 0;
        for (var i = 0; i < count; i++, _bit++)
        {
            if (_bit / 8 >= _input.Length)
            {
                throw Failed();
            }

            value |= ((_input[_bit / 8] >> (_bit % 8)) & 1) << i;
        }

        return value;
    }

    private void Put(byte value)
    {
        if (_size == _limit)
        {
            throw new StreamEnd(Outcome.TooLarge);
        }

        if (_size == _output.Length)
        {
            Array.Resize(ref _output, _size * 2);
        }

        _output[_size++] = value;
    }

    private sealed class StreamEnd(Outcome outcome) : Exception
    {
        public Outcome Outcome { get; } = outcome;
    }
}
