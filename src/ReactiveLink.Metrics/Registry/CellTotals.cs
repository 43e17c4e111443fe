namespace ReactiveLink.Metrics.Registry;

/// <summary>The sum over the cells of a metric.</summary>
internal sealed class CellTotals(int buckets, LogLinearCounts? shape)
{
    private double _compensation;
    private double _sum;

    public long Count { get; set; }

    public double Sum => double.IsFinite(_compensation) ? _sum + _compensation : _sum;

    public double Min { get; set; } = double.PositiveInfinity;

    public double Max { get; set; } = double.NegativeInfinity;

    public long[] Buckets { get; } = new long[buckets];

    public LogLinearCounts? Shape { get; } = shape;

    /// <summary>Neumaier's compensated sum.</summary>
    public void Add(double value)
    {
        var total = _sum + value;
        _compensation += Math.Abs(_sum) >= Math.Abs(value) ? _sum - total + value : value - total + _sum;
        _sum = total;
    }
}
