namespace ReactiveLink.Metrics.Alerts;

/// <summary>
/// Count, means, and the sums of squared and crossed deviations of pairs, in the numerically stable forms of Welford (1962) for one pair and of Chan, Golub and
/// LeVeque (1979) for sets. Taking a set out is the inverse of putting it in.
/// </summary>
internal struct PairMoments
{
    private double _meanX;
    private double _meanY;
    private double _squaresX;
    private double _crossed;

    public long Count { get; private set; }

    /// <summary>The slope of the least squares line; NaN or an infinity where there is none.</summary>
    public readonly double Slope => _crossed / _squaresX;

    /// <summary>The least squares line's value.</summary>
    public readonly double At(double x) => _meanY + (Slope * (x - _meanX));

    public void Add(double x, double y)
    {
        Count++;
        var deltaX = x - _meanX;
        _meanX += deltaX / Count;
        _meanY += (y - _meanY) / Count;
        _squaresX += deltaX * (x - _meanX);
        _crossed += deltaX * (y - _meanY);
    }

    public void Add(in PairMoments other)
    {
        var count = Count + other.Count;
        var deltaX = other._meanX - _meanX;
        var deltaY = other._meanY - _meanY;
        var weight = (double)Count * other.Count / count;
        _meanX += deltaX * other.Count / count;
        _meanY += deltaY * other.Count / count;
        _squaresX += other._squaresX + (deltaX * deltaX * weight);
        _crossed += other._crossed + (deltaX * deltaY * weight);
        Count = count;
    }

    public void Remove(in PairMoments other)
    {
        var count = Count - other.Count;
        if (count == 0)
        {
            this = default;
            return;
        }

        _meanX -= (other._meanX - _meanX) * other.Count / count;
        _meanY -= (other._meanY - _meanY) * other.Count / count;
        var deltaX = other._meanX - _meanX;
        var deltaY = other._meanY - _meanY;
        var weight = (double)count * other.Count / Count;
        _squaresX -= other._squaresX + (deltaX * deltaX * weight);
        _crossed -= other._crossed + (deltaX * deltaY * weight);
        Count = count;
    }
}
