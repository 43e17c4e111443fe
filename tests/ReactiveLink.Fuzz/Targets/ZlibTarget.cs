namespace ReactiveLink.Fuzz;

/// <summary>
/// zlib streams: every kind of block, codes complete and not, matches within and beyond, small streams that become large ones, wrong headers and checksums, bytes
/// after the end. The first byte of an input is the bound (an index), the rest the stream. Taken is what a second, independent reader takes, and nothing else.
/// </summary>
internal sealed class ZlibTarget : FrameTarget
{
    private static readonly int[] Bounds = [65_536, 65_536, 65_536, 1, 2, 30, 258, 1000, 4096, 1 << 17];
    private static readonly byte[][] Tokens = [[0x78, 1], [0x78, 0xDA], [0x78, 0xBB], [1, 0, 0, 0xFF, 0xFF], [3, 0], [0, 0, 0, 1], [0, 0, 0, 0xFF, 0xFF], [5, 0xE0, 0x81]];

    private readonly Mutator _mutator = new(Tokens);

    public override string Name => "zlib";

    public override byte[] Generate(SeededRandom random)
    {
        var generator = new DeflateGenerator(random);
        var stream = random.NextInt32(64) == 0 ? Bomb(random) : generator.Stream(4096);
        if (random.NextInt32(3) == 0)
        {
            stream = _mutator.Mutate(stream, random, generator.Stream(100));
            if (random.NextInt32(2) == 0 && stream.Length > 6)
            {
                stream = DeflateGenerator.Wrap(stream.AsSpan(2, stream.Length - 6), Inflater.OutputOf(stream.AsSpan(2, stream.Length - 6), 4096), random.NextInt32(9));
            }
        }

        return [(byte)random.NextInt32(random.NextInt32(4) == 0 ? 256 : 3), .. stream];
    }

    public override bool Check(byte[] input) =>
        input.Length != 0 && Check(new FrameFormat { Compression = FrameCompression.Zlib, MaximumDecompressedSize = Bounds[input[0] % Bounds.Length] }, input[1..]);

    /// <summary>One block that repeats its first byte 258 times for every two codes of one bit.</summary>
    private static byte[] Bomb(SeededRandom random)
    {
        // Literal 0, the end of the block and length 258 have codes, and one distance.
        var bits = new BombBits();
        bits.Block(random.NextInt32(random.NextInt32(8) == 0 ? 4000 : 300));
        return DeflateGenerator.Wrap(bits.ToArray(), Inflater.OutputOf(bits.ToArray(), 1 << 17), window: 7);
    }

    private sealed class BombBits
    {
        private readonly List<byte> _bytes = [];
        private int _bits;

        public byte[] ToArray() => [.. _bytes];

        public void Block(int matches)
        {
            Put(0b101, 3);
            Put(285 - 256, 5);
            Put(0, 5);
            Put(14, 4);

            // Lengths of the code lengths, in the order of RFC 1951: four have two bits.
            int[] order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1];
            foreach (var symbol in order)
            {
                Put(symbol switch { 18 or 1 or 2 or 17 => 2, _ => 0 }, 3);
            }

            // Codes: 1 = 00, 2 = 01, 17 = 10, 18 = 11, the highest bit first.
            Code(0b01, 2);
            Zeros(138);
            Zeros(255 - 138);
            Code(0b01, 2);
            Zeros(28);
            Code(0b00, 2);
            Code(0b00, 2);

            // Literal 0 = 10, end = 11, length 258 = 0, distance 1 = 0.
            Code(0b10, 2);
            for (; matches > 0; matches--)
            {
                Put(0, 2);
            }

            Code(0b11, 2);
        }

        private void Zeros(int count)
        {
            Code(0b11, 2);
            Put(count - 11, 7);
        }

        private void Code(int code, int length)
        {
            for (var bit = length - 1; bit >= 0; bit--)
            {
                Put((code >> bit) & 1, 1);
            }
        }

        private void Put(int value, int count)
        {
            for (var i = 0; i < count; i++, _bits++)
            {
                if (_bits % 8 == 0)
                {
                    _bytes.Add(0);
                }

                _bytes[^1] |= (byte)(((value >> i) & 1) << (_bits % 8));
            }
        }
    }
}
