using System.Buffers.Binary;

namespace ReactiveLink.Fuzz;

/// <summary>zlib streams made block by block, with everything that RFC 1951 allows and now and then something that it does not.</summary>
internal sealed class DeflateGenerator(SeededRandom random)
{
    private static readonly int[] CodeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    private static readonly int[] FixedLengths = [.. Enumerable.Range(0, 288).Select(i => i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)];
    private static readonly int[] FixedDistances = [.. Enumerable.Repeat(5, 30)];

    private readonly List<byte> _bytes = [];
    private int _bits;

    /// <summary>A whole stream; its checksum is right where its blocks are.</summary>
    public byte[] Stream(int limit)
    {
        _bytes.Clear();
        _bits = 0;
        for (var left = random.NextInt32(4); left >= 0; left--)
        {
            Bits(left == 0 ? 1 : 0, 1);
            Block();
        }

        var output = Inflater.OutputOf([.. _bytes], limit + 1);
        return Wrap([.. _bytes], output, window: 7);
    }

    /// <summary>Header, blocks, checksum.</summary>
    public static byte[] Wrap(ReadOnlySpan<byte> blocks, ReadOnlySpan<byte> output, int window)
    {
        var stream = new byte[blocks.Length + 6];
        var header = ((window << 4) | 8) << 8;
        BinaryPrimitives.WriteUInt16BigEndian(stream, (ushort)(header + 31 - (header % 31)));
        blocks.CopyTo(stream.AsSpan(2));
        BinaryPrimitives.WriteUInt32BigEndian(stream.AsSpan(blocks.Length + 2), Inflater.Adler(output));
        return stream;
    }

    private bool Seldom() => random.NextInt32(32) == 0;

    private void Block()
    {
        switch (random.NextInt32(8))
        {
            case 0 or 1:
                Stored();
                break;
            case < 4:
                Bits(1, 2);
                Symbols(FixedLengths, FixedDistances);
                break;
            case < 7 or _ when !Seldom():
                Bits(2, 2);
                Dynamic();
                break;
            default:
                Bits(3, 2);
                break;
        }
    }

    private void Stored()
    {
        Bits(0, 2);
        _bits = (_bits + 7) / 8 * 8;
        var length = random.NextInt32(Seldom() ? 3000 : 40);
        Bits(length, 16);
        Bits(Seldom() ? length : ~length & 0xFFFF, 16);
        for (; length > 0; length--)
        {
            Bits(random.NextInt32(256), 8);
        }
    }

    private void Dynamic()
    {
        var literals = 257 + random.NextInt32(Seldom() ? 32 : 30);
        var distances = 1 + random.NextInt32(Seldom() ? 32 : 30);
        var literalLengths = Lengths(literals, 2 + random.NextInt32(Seldom() ? 200 : 20), mustHave: Seldom() ? 0 : 256);
        var distanceLengths = random.NextInt32(4) switch
        {
            0 => new int[distances],
            1 => Single(distances),
            _ => Lengths(distances, 2 + random.NextInt32(6), mustHave: 0),
        };
        var all = (int[])[.. literalLengths, .. distanceLengths];
        var first = Lengths(19, 19, mustHave: 0, deepest: 7);
        var codes = HuffmanCode.Codes(first);
        Bits(literals - 257, 5);
        Bits(distances - 1, 5);
        Bits(15, 4);
        foreach (var symbol in CodeLengthOrder)
        {
            Bits(first[symbol], 3);
        }

        for (var i = 0; i < all.Length;)
        {
            var run = 1;
            while (i + run < all.Length && all[i + run] == all[i] && run < 138)
            {
                run++;
            }

            var repeat = i > 0 && all[i] == all[i - 1];
            if (all[i] == 0 && run >= 3)
            {
                var isLong = run >= 11;
                Code(first, codes, isLong ? 18 : 17);
                Bits(run - (isLong ? 11 : 3), isLong ? 7 : 3);
                i += run;
            }
            else if (repeat && run >= 3)
            {
                run = Math.Min(run, 6);
                Code(first, codes, 16);
                Bits(run - 3, 2);
                i += run;
            }
            else
            {
                Code(first, codes, all[i++]);
            }
        }

        Symbols(literalLengths, distanceLengths);
    }

    private int[] Single(int count)
    {
        var lengths = new int[count];
        lengths[random.NextInt32(count)] = Seldom() ? 2 : 1;
        return lengths;
    }

    /// <summary>The lengths of a complete code for some of the symbols: leaves of a tree that is split at random. Now and then one is wrong.</summary>
    private int[] Lengths(int symbols, int used, int mustHave, int deepest = HuffmanCode.MaximumLength)
    {
        used = Math.Min(used, symbols);
        List<int> leaves = [0];
        while (leaves.Count < used)
        {
            var at = random.NextInt32(leaves.Count);
            if (leaves[at] < deepest)
            {
                leaves.Add(++leaves[at]);
            }
        }

        var lengths = new int[symbols];
        lengths[mustHave] = leaves[0];
        for (var i = 1; i < used;)
        {
            var symbol = random.NextInt32(symbols);
            if (lengths[symbol] == 0)
            {
                lengths[symbol] = leaves[i++];
            }
        }

        if (Seldom())
        {
            lengths[random.NextInt32(symbols)] = random.NextInt32(deepest + 1);
        }

        return lengths;
    }

    /// <summary>Literals and matches of the symbols that have codes, then the end.</summary>
    private void Symbols(int[] literals, int[] distances)
    {
        var codes = HuffmanCode.Codes(literals);
        var distanceCodes = HuffmanCode.Codes(distances);
        int[] usable = [.. Enumerable.Range(0, literals.Length).Where(symbol => literals[symbol] != 0 && symbol != 256)];
        int[] slots = [.. Enumerable.Range(0, distances.Length).Where(slot => distances[slot] != 0)];
        for (var left = usable.Length == 0 ? 0 : random.NextInt32(Seldom() ? 600 : 40); left > 0; left--)
        {
            var symbol = usable[random.NextInt32(usable.Length)];
            if (symbol > 256 && slots.Length == 0 && !Seldom())
            {
                continue;
            }

            Code(literals, codes, symbol);
            if (symbol > 256)
            {
                Bits(random.NextInt32(32), symbol is < 265 or > 284 ? 0 : (symbol - 261) / 4);
                var slot = slots.Length == 0 ? 0 : slots[random.NextInt32(Seldom() ? slots.Length : Math.Min(slots.Length, 4))];
                Code(distances, distanceCodes, slot);
                Bits(Seldom() ? random.NextInt32(1 << 13) : 0, slot < 2 ? 0 : (slot / 2) - 1);
            }
        }

        if (literals.Length > 256 && !Seldom())
        {
            Code(literals, codes, 256);
        }
    }

    private void Code(int[] lengths, int[] codes, int symbol)
    {
        for (var bit = lengths[symbol] - 1; bit >= 0; bit--)
        {
            Bits((codes[symbol] >> bit) & 1, 1);
        }
    }

    private void Bits(int value, int count)
    {
        for (var i = 0; i < count; i++, _bits++)
        {
            if (_bits / 8 == _bytes.Count)
            {
                _bytes.Add(0);
            }

            _bytes[_bits / 8] |= (byte)(((value >> i) & 1) << (_bits % 8));
        }
    }
}
