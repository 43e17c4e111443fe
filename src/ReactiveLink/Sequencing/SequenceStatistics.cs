namespace ReactiveLink;

/// <summary>A snapshot of what sequencing has seen of one peer, or the sum over peers.</summary>
/// <param name="InOrder">Items with the expected number, and each peer's first.</param>
/// <param name="Gaps">Items before which numbers were missing.</param>
/// <param name="Lost">Numbers missing and not come since: a late arrival gives its loss back.</param>
/// <param name="Duplicates">Items with a number already received.</param>
/// <param name="Late">Items behind the expectation, or not yet believed.</param>
/// <param name="Restarts">How often a sender began anew.</param>
public readonly record struct SequenceStatistics(long InOrder, long Gaps, long Lost, long Duplicates, long Late, long Restarts)
{
    /// <summary>All items observed.</summary>
    public long Received => InOrder + Gaps + Duplicates + Late + Restarts;

    /// <summary>How many items the senders sent, as far as can be known: each number received, once, and those lost.</summary>
    public long Expected => Received - Duplicates + Lost;

    /// <summary>Adds two snapshots.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>The sums.</returns>
    public static SequenceStatistics operator +(SequenceStatistics left, SequenceStatistics right) => new(
        left.InOrder + right.InOrder,
        left.Gaps + right.Gaps,
        left.Lost + right.Lost,
        left.Duplicates + right.Duplicates,
        left.Late + right.Late,
        left.Restarts + right.Restarts);

    /// <summary>The loss in the interval since an earlier snapshot of the same peer, as RFC 3550 appendix A.3 reports it.</summary>
    /// <param name="previous">The earlier snapshot; the default value for all since the beginning.</param>
    /// <returns>What was expected and lost in between.</returns>
    public SequenceLoss LossSince(SequenceStatistics previous) => new(Expected - previous.Expected, Lost - previous.Lost);
}
