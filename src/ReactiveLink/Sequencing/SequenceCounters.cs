namespace ReactiveLink.Sequencing;

/// <summary>
/// The counts behind a <see cref="SequenceStatistics"/>, for one writer. Every peer has them, and few count past 32 bits: so the upper halves are apart, for
/// the peer that needs them.
/// </summary>
internal struct SequenceCounters
{
    private uint[]? _upper;
    private Lower _lower;

    /// <summary>Counts one item.</summary>
    /// <param name="kind">Its verdict.</param>
    /// <param name="lostChange">How many more numbers are missing now; -1 where a late one came.</param>
    public void Add(VerdictKind kind, long lostChange)
    {
        if (lostChange != 0)
        {
            Add(Lower.Lost, lostChange);
        }

        Add((int)kind, 1);
    }

    public readonly SequenceStatistics ToStatistics() => new(
        Read((int)VerdictKind.InOrder), Read((int)VerdictKind.Gap), Read(Lower.Lost), Read((int)VerdictKind.Duplicate), Read((int)VerdictKind.Late), Read((int)VerdictKind.Restart));

    private void Add(int index, long change)
    {
        var value = Read(index) + change;
        _lower[index] = (uint)value;
        var upper = (uint)(value >> 32);
        if (_upper is not null || upper != 0)
        {
            (_upper ??= new uint[Lower.Length])[index] = upper;
        }
    }

    private readonly long Read(int index) => _lower[index] | ((_upper is null ? 0L : _upper[index]) << 32);

    /// <summary>By verdict, and the lost numbers.</summary>
    [System.Runtime.CompilerServices.InlineArray(Length)]
    private struct Lower
    {
        public const int Lost = (int)VerdictKind.Restart + 1;
        public const int Length = Lost + 1;

        private uint _first;
    }
}
