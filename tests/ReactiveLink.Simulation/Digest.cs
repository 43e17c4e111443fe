namespace ReactiveLink.Simulation;

/// <summary>A hash of everything that came out of a run, in order, with its times: FNV-1a over words of 64 bits, mixed at the end.</summary>
internal sealed class Digest
{
    private ulong _hash = 14_695_981_039_346_656_037;

    public void Add(long value)
    {
        _hash = (_hash ^ (ulong)value) * 1_099_511_628_211;
        _hash ^= _hash >> 29;
    }

    public void Add(double value) => Add(BitConverter.DoubleToInt64Bits(value));

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            Add(BitConverter.ToInt64(bytes));
        }

        foreach (var value in bytes)
        {
            Add((long)value);
        }
    }

    public void Add(string text)
    {
        Add(text.Length);
        foreach (var letter in text)
        {
            Add((long)letter);
        }
    }

    public ulong Value => _hash;
}
