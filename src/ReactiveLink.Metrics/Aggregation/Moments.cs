namespace ReactiveLink.Metrics.Windows;

/// <summary>
/// What a pane knows of its values besides their distribution. Sums are compensated (A. Neumaier, 1974, the error term by Knuth's TwoSum); mean and
/// squared deviations are B. P. Welford's (1962), merged after T. F. Chan, G. H. Golub and R. J. LeVeque (1979). The default value is empty.
/// </summary>
internal struct Moments
{
    public long Count;
    public long Refused;
    public double First;
    public double Last;
    public double Min;
    public double Max;
    private double _sum;
    private double _lost;
    private double _mean;
    private double _deviations;

    public readonly long Taken => Count + Refused;

    // A sum past the largest double is infinite; its error term is then meaningless.
    public readonly double Sum => double.IsFinite(_lost) ? _sum + _lost : _sum;

    public readonly double WelfordMean => _mean;

    /// <summary>The standard deviation of the values themselves (divided by n).</summary>
    public readonly double StandardDeviation => Count == 0 ? double.NaN : Math.Sqrt(_deviations / Count);

    /// <summary>Takes a finite value.</summary>
    public void Add(double value, Aggregates aggregates)
    {
        Last = value;
        if (++Count == 1)
        {
            First = value;
            Min = value;
            Max = value;
        }

        if ((aggregates & Aggregates.Sum) == Aggregates.Sum)
        {
            AddSum(value);
        }

        if ((aggregates & Aggregates.Extremes) == Aggregates.Extremes)
        {
            // Values are finite, so plain comparisons do.
            Min = value < Min ? value : Min;
            Max = value > Max ? value : Max;
        }

        if ((aggregates & Aggregates.Deviation) == Aggregates.Deviation)
        {
            double delta = value - _mean;
            _mean += delta / Count;
            _deviations += delta * (value - _mean);
        }
    }

    public static Moments Merge(in Moments older, in Moments newer)
    {
        if (newer.Count == 0 || older.Count == 0)
        {
            var only = newer.Count == 0 ? older : newer;
            only.Refused = older.Refused + newer.Refused;
            return only;
        }

        var merged = older;
        merged.Count += newer.Count;
        merged.Refused += newer.Refused;
        merged.Last = newer.Last;
        merged.Min = Math.Min(older.Min, newer.Min);
        merged.Max = Math.Max(older.Max, newer.Max);
        merged.AddSum(newer._sum);
        merged._lost += newer._lost;
        double delta = newer._mean - older._mean;
        double share = (double)newer.Count / merged.Count;
        merged._mean += delta * share;
        merged._deviations += newer._deviations + (delta * delta * older.Count * share);
        return merged;
    }

    private void AddSum(double value)
    {
        double sum = _sum + value;
        double part = sum - _sum;
        _lost += (_sum - (sum - part)) + (value - part);
        _sum = sum;
    }
}

/// <summary>The merge of <see cref="Moments"/>.</summary>
internal readonly struct MomentsMerger : IMerger<Moments>
{
    public Moments Empty => default;

    public Moments Merge(in Moments older, in Moments newer) => Moments.Merge(in older, in newer);
}
