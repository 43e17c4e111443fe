namespace ReactiveLink.Sequencing;

/// <summary>
/// The counts behind a <see cref="SequenceStatistics"/>, for one writer. Every peer has them, and few count much but items in order: so the others are kept in
/// 32 bits, with the upper halves apart for the peer that needs them.
/// </summary>
internal struct SequenceCounters
{
    private long _inOrder;
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

        if (kind == VerdictKind.InOrder)
        {
            _inOrder++;
        }
        else
        {
            Add((int)kind, 1);
        }
    }

    public readonly SequenceStatistics ToStatistics() => new(
        _inOrder, Read((int)VerdictKind.Gap), Read(Lower.Lost), Read((int)VerdictKind.Duplicate), Read((int)VerdictKind.Late), Read((int)VerdictKind.Restart));

    private void Add(int index, long change)
    {
        var value = Read(index) + change;
        _lower[index] = (uint)value;
        var upper = (uint)(value >> 32);
        if (_upper is not null)
        {
            _upper[index] = upper;
        }
        else if (upper != 0)
        {
            _upper = new uint[Lower.Length];
            _upper[index] = upper;
        }
    }

    private readonly long Read(int index) => _lower[index] | ((_upper is null ? 0L : _upper[index]) << 32);

    /// <summary>By verdict; in the place of those in order, the lost numbers.</summary>
    [System.Runtime.CompilerServices.InlineArray(Length)]
    private struct Lower
    {
        public const int Lost = (int)VerdictKind.InOrder;
        public const int Length = (int)VerdictKind.Restart + 1;

        private uint _first;
    }
}
