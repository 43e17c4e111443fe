namespace ReactiveLink;

/// <summary>
/// The number space of a sequence field: how many bits it has, and serial-number arithmetic in it (RFC 1982). Numbers outside the space are taken
/// modulo its size: only the low <see cref="Bits"/> bits of an argument count.
/// </summary>
public sealed class SequenceSpace
{
    private readonly int _unusedBits;

    private SequenceSpace(int bits)
    {
        Bits = bits;
        Mask = ulong.MaxValue >> (64 - bits);
        _unusedBits = 64 - bits;
    }

    /// <summary>8 bits, as MAVLink counts packets.</summary>
    public static SequenceSpace UInt8 { get; } = new(8);

    /// <summary>16 bits, as RTP does.</summary>
    public static SequenceSpace UInt16 { get; } = new(16);

    /// <summary>24 bits.</summary>
    public static SequenceSpace UInt24 { get; } = new(24);

    /// <summary>32 bits, as the frames of profiles A and B do.</summary>
    public static SequenceSpace UInt32 { get; } = new(32);

    /// <summary>64 bits.</summary>
    public static SequenceSpace UInt64 { get; } = new(64);

    /// <summary>The width of the field: 8, 16, 24, 32 or 64.</summary>
    public int Bits { get; }

    /// <summary>The largest number, all bits set.</summary>
    public ulong Mask { get; }

    /// <summary>The number after this one; 0 after the largest.</summary>
    /// <param name="number">A number.</param>
    /// <returns>The next.</returns>
    public ulong Next(ulong number) => (number + 1) & Mask;

    /// <summary>Serial addition, RFC 1982 section 3.1; wraps.</summary>
    /// <param name="number">A number.</param>
    /// <param name="count">How many to go on.</param>
    /// <returns>The sum, within the space.</returns>
    public ulong Add(ulong number, ulong count) => unchecked(number + count) & Mask;

    /// <summary>
    /// How many steps lead from one number to another by the shorter way: positive where <paramref name="to"/> is ahead. Exactly half the space
    /// apart, where RFC 1982 leaves the order undefined, counts as behind: the result is the negative half.
    /// </summary>
    /// <param name="from">Where to start.</param>
    /// <param name="to">Where to end.</param>
    /// <returns>From minus half the space to half the space less one.</returns>
    public long Distance(ulong from, ulong to) => unchecked((long)((to - from) << _unusedBits) >> _unusedBits);

    /// <summary>Serial comparison, RFC 1982 section 3.2. Not transitive over the whole space, so do not sort by it.</summary>
    /// <param name="left">One number.</param>
    /// <param name="right">Another.</param>
    /// <returns>Negative where <paramref name="left"/> comes before <paramref name="right"/>, 0 where they are equal, positive where it comes after. Exactly
    /// half the space apart, each comes before the other.</returns>
    public int Compare(ulong left, ulong right) => Math.Sign(Distance(right, left));

    /// <inheritdoc/>
    public override string ToString() => "UInt" + Bits.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
