namespace ReactiveLink.Sequencing;

/// <summary>The counts behind a <see cref="SequenceStatistics"/>, for one writer.</summary>
internal struct SequenceCounters
{
    private long _inOrder;
    private long _gaps;
    private long _lost;
    private long _duplicates;
    private long _late;
    private long _restarts;

    /// <summary>Counts one item.</summary>
    /// <param name="kind">Its verdict.</param>
    /// <param name="lostChange">How many more numbers are missing now; -1 where a late one came.</param>
    public void Add(VerdictKind kind, long lostChange)
    {
        _lost += lostChange;
        switch (kind)
        {
            case VerdictKind.InOrder:
                _inOrder++;
                break;
            case VerdictKind.Gap:
                _gaps++;
                break;
            case VerdictKind.Duplicate:
                _duplicates++;
                break;
            case VerdictKind.Late:
                _late++;
                break;
            default:
                _restarts++;
                break;
        }
    }

    public readonly SequenceStatistics ToStatistics() => new(_inOrder, _gaps, _lost, _duplicates, _late, _restarts);
}
