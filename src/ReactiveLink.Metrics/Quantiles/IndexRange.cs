namespace ReactiveLink.Metrics.Quantiles;

/// <summary>Bucket indices from the lowest to the highest, both included; or none.</summary>
/// <param name="Low">The lowest.</param>
/// <param name="High">The highest.</param>
internal readonly record struct IndexRange(int Low, int High)
{
    public static IndexRange Empty => new(int.MaxValue, int.MinValue);

    public bool IsEmpty => High < Low;

    public int Length => IsEmpty ? 0 : High - Low + 1;

    public IndexRange Union(IndexRange other) => new(Math.Min(Low, other.Low), Math.Max(High, other.High));

    /// <summary>The range after indices below a floor were raised to it.</summary>
    /// <param name="floor">The floor.</param>
    public IndexRange RaisedTo(int floor) => IsEmpty ? this : new(Math.Max(Low, floor), Math.Max(High, floor));

    /// <summary>The indices below a floor, and the others.</summary>
    /// <param name="floor">The floor.</param>
    public (IndexRange Below, IndexRange Others) SplitAt(int floor) =>
        Low >= floor ? (Empty, this) : (new(Low, Math.Min(High, floor - 1)), new(floor, High));
}
