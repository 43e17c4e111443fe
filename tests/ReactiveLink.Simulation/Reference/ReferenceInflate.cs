namespace ReactiveLink.Simulation.Reference;

/// <summary>Reads one zlib stream bit by bit (RFC 1950, RFC 1951). Slow, and strict where the RFCs leave a choice: nothing before, after or missing.</summary>
internal sealed class ReferenceInflate
{
    private static readonly int[] LengthBase = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
    private static readonly int[] LengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

    private static readonly int[] DistanceBase =
    [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
    ];

    private static readonly int[] DistanceExtra = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
    private static readonly int[] CodeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    private readonly byte[] _input;
    private readonly int _most;
    private readonly List<byte> _output = [];
    private int _position;
    private int _bit;

    private ReferenceInflate(byte[] input, int most) => (_input, _most) = (input, most);

    /// <summary>Reads a stream.</summary>
    /// <param name="stream">The bytes.</param>
    /// <param name="most">The most bytes that it may come to.</param>
    /// <returns>The bytes, or null if it is not one whole stream; and whether the bound was passed, before the end or a damage was found.</returns>
    public static (byte[]? Bytes, bool IsTooLarge) Read(ReadOnlySpan<byte> stream, int most)
    {
        var reader = new ReferenceInflate(stream.ToArray(), most);
        try
        {
            var isWhole = reader.ReadStream();
            return reader._output.Count > most ? (null, true) : (isWhole ? [.. reader._output] : null, false);
        }
        catch (InvalidDataException)
        {
            return (null, reader._output.Count > most);
        }
    }

    private bool ReadStream()
    {
        if (_input.Length < 2 || (_input[0] & 0x0F) != 8 || _input[0] >> 4 > 7 || ((_input[0] << 8) + _input[1]) % 31 != 0 || (_input[1] & 0x20) != 0)
        {
            return false;
        }

        _position = 2;
        bool isLast;
        do
        {
            isLast = Bits(1) == 1;
            switch (Bits(2))
            {
                case 0:
                    Stored();
                    break;
                case 1:
                    Coded(new Code([.. Enumerable.Range(0, 288).Select(symbol => symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)]), new Code([.. Enumerable.Repeat(5, 30)]));
                    break;
                case 2:
                    Dynamic();
                    break;
                default:
                    throw new InvalidDataException();
            }
        }
        while (!isLast && _output.Count <= _most);
        _position += _bit > 0 ? 1 : 0;
        _bit = 0;
        return _position + 4 == _input.Length && System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(_input.AsSpan(_position)) == Adler();
    }

    private void Stored()
    {
        _position += _bit > 0 ? 1 : 0;
        _bit = 0;
        var length = Bits(16);
        if ((length ^ 0xFFFF) != Bits(16))
        {
            throw new InvalidDataException();
        }

        for (; length > 0; length--)
        {
            _output.Add((byte)Bits(8));
        }
    }

    private void Dynamic()
    {
        var literals = Bits(5) + 257;
        var distances = Bits(5) + 1;
        var count = Bits(4) + 4;
        if (literals > 286 || distances > 30)
        {
            throw new InvalidDataException();
        }

        var lengths = new int[19];
        for (var index = 0; index < count; index++)
        {
            lengths[CodeLengthOrder[index]] = Bits(3);
        }

        var code = new Code(lengths);
        code.MustBeComplete();
        List<int> all = [];
        while (all.Count < literals + distances)
        {
            var symbol = Symbol(code);
            if (symbol < 16)
            {
                all.Add(symbol);
                continue;
            }

            if (symbol == 16 && all.Count == 0)
            {
                throw new InvalidDataException();
            }

            var repeated = symbol == 16 ? all[^1] : 0;
            var times = symbol switch { 16 => 3 + Bits(2), 17 => 3 + Bits(3), _ => 11 + Bits(7) };
            all.AddRange(Enumerable.Repeat(repeated, times));
        }

        if (all.Count > literals + distances || all[256] == 0)
        {
            throw new InvalidDataException();
        }

        var ofLiterals = new Code([.. all.Take(literals)]);
        var ofDistances = new Code([.. all.Skip(literals)]);
        ofLiterals.MustBeCompleteOrSingle();
        ofDistances.MustBeCompleteOrSingle();
        Coded(ofLiterals, ofDistances);
    }

    private void Coded(Code literals, Code distances)
    {
        while (_output.Count <= _most)
        {
            var symbol = Symbol(literals);
            if (symbol == 256)
            {
                return;
            }

            if (symbol < 256)
            {
                _output.Add((byte)symbol);
                continue;
            }

            symbol -= 257;
            if (symbol >= LengthBase.Length)
            {
                throw new InvalidDataException();
            }

            var length = LengthBase[symbol] + Bits(LengthExtra[symbol]);
            var distanceSymbol = Symbol(distances);
            var distance = DistanceBase[distanceSymbol] + Bits(DistanceExtra[distanceSymbol]);
            if (distance > _output.Count)
            {
                throw new InvalidDataException();
            }

            for (; length > 0; length--)
            {
                _output.Add(_output[^distance]);
            }
        }
    }

    private int Bits(int count)
    {
        var value = 0;
        for (var index = 0; index < count; index++)
        {
            if (_position >= _input.Length)
            {
                throw new InvalidDataException();
            }

            value |= ((_input[_position] >> _bit) & 1) << index;
            if (++_bit == 8)
            {
                _bit = 0;
                _position++;
            }
        }

        return value;
    }

    /// <summary>A canonical Huffman code's next symbol, RFC 1951 section 3.2.2.</summary>
    private int Symbol(Code code)
    {
        var value = 0;
        var first = 0;
        var index = 0;
        for (var length = 1; length <= 15; length++)
        {
            value |= Bits(1);
            var count = code.Counts[length];
            if (value - count < first)
            {
                return code.Symbols[index + (value - first)];
            }

            index += count;
            first = (first + count) << 1;
            value <<= 1;
        }

        throw new InvalidDataException();
    }

    private uint Adler()
    {
        uint a = 1;
        uint b = 0;
        foreach (var value in _output)
        {
            a = (a + value) % 65_521;
            b = (b + a) % 65_521;
        }

        return (b << 16) | a;
    }

    private sealed class Code
    {
        public Code(int[] lengths)
        {
            foreach (var length in lengths)
            {
                Counts[length] += length > 0 ? 1 : 0;
            }

            var left = 1;
            for (var length = 1; length <= 15; length++)
            {
                left = (left << 1) - Counts[length];
                if (left < 0)
                {
                    throw new InvalidDataException();
                }
            }

            IsComplete = left == 0;
            Symbols = [.. Enumerable.Range(0, lengths.Length).Where(symbol => lengths[symbol] > 0).OrderBy(symbol => lengths[symbol])];
        }

        public int[] Counts { get; } = new int[16];

        public int[] Symbols { get; }

        private bool IsComplete { get; }

        public void MustBeComplete()
        {
            if (!IsComplete)
            {
                throw new InvalidDataException();
            }
        }

        /// <summary>One code of one bit may stand alone.</summary>
        public void MustBeCompleteOrSingle()
        {
            if (!IsComplete && (Symbols.Length > 1 || Counts[1] != Symbols.Length))
            {
                throw new InvalidDataException();
            }
        }
    }
}
