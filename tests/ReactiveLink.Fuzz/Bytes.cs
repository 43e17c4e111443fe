namespace ReactiveLink.Fuzz;

/// <summary>Reads an input that describes more than bytes; at its end there are zeros.</summary>
internal struct Bytes(byte[] input)
{
    private int _at;

    public readonly bool AtEnd => _at >= input.Length;

    public byte Next() => _at < input.Length ? input[_at++] : (byte)0;

    /// <summary>0 to the bound less 1.</summary>
    public int Next(int bound) => Next() % bound;

    /// <summary>The next so many bytes, or what is left.</summary>
    public byte[] Take(int count)
    {
        var taken = input[_at..Math.Min(input.Length, _at + count)];
        _at += taken.Length;
        return taken;
    }

    public byte[] Rest() => Take(input.Length);
}
