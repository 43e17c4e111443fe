using System.Buffers.Binary;

namespace ReactiveLink.Fuzz;

/// <summary>
/// Changes that keep most of an input's structure, so that they reach beyond the first check: bits, bytes, whole numbers in both byte orders, pieces left out,
/// doubled, moved and repeated, words of the format put in, another input joined. One thread at a time.
/// </summary>
/// <param name="tokens">Words of the format.</param>
/// <param name="maximumLength">No input becomes longer.</param>
internal sealed class Mutator(byte[][] tokens, int maximumLength = 65_507)
{
    private static readonly ulong[] Interesting =
    [
        0, 1, 2, 3, 4, 7, 8, 11, 12, 16, 20, 28, 32, 64, 0x7F, 0x80, 0xFF, 0x100, 1000, 1024, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x3FFFC, 0x40000, 0x40004, 0x7FFFFFFC, 0x7FFFFFFF,
        0x80000000, 0xFFFFFFFC, uint.MaxValue, 0x100000000, long.MaxValue, 1UL << 63, ulong.MaxValue,
    ];

    private readonly List<byte> _bytes = [];

    /// <summary>Some changes: mostly one to three, seldom none or many.</summary>
    public byte[] Mutate(ReadOnlySpan<byte> input, SeededRandom random, ReadOnlySpan<byte> other = default)
    {
        Begin(input);
        var changes = random.NextInt32(16) switch { 0 => 0, < 8 => 1, < 12 => 2, < 15 => 3, _ => 4 + random.NextInt32(12) };
        for (; changes > 0; changes--)
        {
            Change(random, other);
        }

        return [.. _bytes];
    }

    private void Begin(ReadOnlySpan<byte> input)
    {
        _bytes.Clear();
        _bytes.AddRange(input);
    }

    private void Change(SeededRandom random, ReadOnlySpan<byte> other)
    {
        var at = random.NextInt32(_bytes.Count + 1);
        var length = Math.Min(1 + random.NextInt32(random.NextInt32(8) == 0 ? 256 : 16), _bytes.Count - at);
        switch (random.NextInt32(16))
        {
            case 0 or 1 when at < _bytes.Count:
                _bytes[at] ^= (byte)(1 << random.NextInt32(8));
                break;
            case 2 when at < _bytes.Count:
                _bytes[at] = (byte)random.NextUInt64();
                break;
            case 3 or 4:
                PutNumber(at, Interesting[random.NextInt32(Interesting.Length)], random, add: false);
                break;
            case 5:
                PutNumber(at, (ulong)(random.NextInt32(9) - 4), random, add: true);
                break;
            case 6:
                _bytes.RemoveRange(at, length);
                break;
            case 7:
                RemoveWords(at & ~3, random);
                break;
            case 8:
                Insert(random.NextInt32(_bytes.Count + 1), Copy(at, length));
                break;
            case 9:
                Overwrite(random.NextInt32(_bytes.Count + 1), Copy(at, length));
                break;
            case 10 when tokens.Length != 0:
                Insert(at, tokens[random.NextInt32(tokens.Length)]);
                break;
            case 11 when tokens.Length != 0:
                _bytes.RemoveRange(at, length);
                Insert(at, tokens[random.NextInt32(tokens.Length)]);
                break;
            case 12 when tokens.Length != 0:
                Overwrite(at, tokens[random.NextInt32(tokens.Length)]);
                break;
            case 13:
                Join(at, other, random);
                break;
            case 14 when random.NextInt32(4) == 0:
                Repeat(at, length, random);
                break;
            case 15 when random.NextInt32(4) == 0:
                _bytes.RemoveRange(at, _bytes.Count - at);
                break;
        }
    }

    private byte[] Copy(int at, int length) => [.. _bytes.GetRange(at, length)];

    private void Insert(int at, ReadOnlySpan<byte> piece)
    {
        if (_bytes.Count + piece.Length <= maximumLength)
        {
            _bytes.InsertRange(at, piece);
        }
    }

    private void Overwrite(int at, ReadOnlySpan<byte> piece)
    {
        for (var i = 0; i < piece.Length && at + i < _bytes.Count; i++)
        {
            _bytes[at + i] = piece[i];
        }
    }

    private void RemoveWords(int at, SeededRandom random) => _bytes.RemoveRange(at, Math.Min(4 * (1 + random.NextInt32(8)), _bytes.Count - at));

    /// <summary>The beginning of one and the end of the other, or the other put in whole.</summary>
    private void Join(int at, ReadOnlySpan<byte> other, SeededRandom random)
    {
        if (random.NextInt32(2) == 0)
        {
            _bytes.RemoveRange(at, _bytes.Count - at);
            Insert(at, other[random.NextInt32(other.Length + 1)..]);
        }
        else
        {
            Insert(at, other);
        }
    }

    private void Repeat(int at, int length, SeededRandom random)
    {
        if (length == 0)
        {
            return;
        }

        var most = random.NextInt32(64) == 0 ? 60_000 : 600;
        var repeated = new byte[Math.Min(most, maximumLength - Math.Min(maximumLength, _bytes.Count)) / length * length];
        var piece = Copy(at, length);
        for (var i = 0; i < repeated.Length; i += length)
        {
            piece.CopyTo(repeated, i);
        }

        Insert(at, repeated);
    }

    /// <summary>A whole number of 1, 2, 4 or 8 bytes, in either byte order, in place of another or added to it.</summary>
    private void PutNumber(int at, ulong value, SeededRandom random, bool add)
    {
        var size = 1 << random.NextInt32(4);
        at = random.NextInt32(2) == 0 ? at : at & ~(size - 1);
        if (at + size > _bytes.Count)
        {
            return;
        }

        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        var big = random.NextInt32(2) == 0;
        for (var i = 0; i < size; i++)
        {
            bytes[i] = _bytes[big ? at + size - 1 - i : at + i];
        }

        BinaryPrimitives.WriteUInt64LittleEndian(bytes, add ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) + value : value);
        for (var i = 0; i < size; i++)
        {
            _bytes[big ? at + size - 1 - i : at + i] = bytes[i];
        }
    }
}
