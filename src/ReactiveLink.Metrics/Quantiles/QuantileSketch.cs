namespace ReactiveLink.Metrics;

/// <summary>A mergeable quantile sketch with a guaranteed relative error.</summary>
public sealed class QuantileSketch
{
    private readonly SortedDictionary<double, long> _counts = new();

    /// <summary>Makes one.</summary>
    /// <param name="relativeAccuracy">The accuracy.</param>
    /// <param name="maximumBytes">The cap.</param>
    public QuantileSketch(double relativeAccuracy = 0.01, int maximumBytes = 8192)
    {
        RelativeAccuracy = relativeAccuracy;
        SizeInBytes = maximumBytes;
    }

    /// <summary>The accuracy.</summary>
    public double RelativeAccuracy { get; }

    /// <summary>The size.</summary>
    public int SizeInBytes { get; }

    /// <summary>How many values it holds.</summary>
    public long Count { get; private set; }

    /// <summary>Takes a value.</summary>
    /// <param name="value">The value.</param>
    public void Add(double value)
    {
        Count++;
        _counts[value] = _counts.GetValueOrDefault(value) + 1;
    }

    /// <summary>Merges.</summary>
    /// <param name="other">The other.</param>
    public void Merge(QuantileSketch other)
    {
        foreach (var (k, n) in other._counts)
        {
            _counts[k] = _counts.GetValueOrDefault(k) + n;
            Count += n;
        }
    }

    /// <summary>Subtracts.</summary>
    /// <param name="other">The other.</param>
    /// <returns>Whether it could.</returns>
    public bool Subtract(QuantileSketch other)
    {
        foreach (var (k, n) in other._counts)
        {
            Count -= n;
            if ((_counts[k] -= n) == 0)
            {
                _counts.Remove(k);
            }
        }

        return true;
    }

    /// <summary>Clears.</summary>
    public void Clear()
    {
        _counts.Clear();
        Count = 0;
    }

    /// <summary>A copy.</summary>
    /// <returns>The copy.</returns>
    public QuantileSketch Clone()
    {
        var copy = new QuantileSketch(RelativeAccuracy, SizeInBytes);
        copy.Merge(this);
        return copy;
    }

    /// <summary>A quantile.</summary>
    /// <param name="q">0 to 1.</param>
    /// <returns>The value.</returns>
    public double Quantile(double q)
    {
        long rank = (long)(q * (Count - 1));
        foreach (var (k, n) in _counts)
        {
            if ((rank -= n) < 0)
            {
                return k;
            }
        }

        return double.NaN;
    }
}
