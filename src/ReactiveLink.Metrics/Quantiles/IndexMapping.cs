namespace ReactiveLink.Metrics.Quantiles;

/// <summary>Maps a magnitude to the index of its bucket, and an index to the value that stands for the bucket.</summary>
/// <remarks>
/// <para>
/// DDSketch (Masson, Rim, Lee, "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees",
/// PVLDB 12(12), 2019) needs buckets whose edges are at most γ = (1 + α) / (1 − α) apart; the middle
/// 2·low·high / (low + high) is then within α of everything in the bucket. Its section 4 notes that the logarithm may be
/// replaced by any function that grows at least as fast. This one takes the exponent from the bits and a cubic of the
/// significand: for x = 2^e · (1 + s), ℓ(x) = e + (6/35)s³ − (3/5)s² + (10/7)s.
/// </para>
/// <para>
/// Why the bound holds: ℓ is continuous (the cubic is 1 at s = 1), and dℓ / d(ln x) = (1 + s)·P′(s), whose minimum over [0, 1]
/// is 10/7, at s = 0 and s = 2/3. A bucket 1/m wide in ℓ is so at most 7/(10m) wide in ln x, and m = 7 / (10 ln γ)
/// makes that ln γ. The logarithm itself would need 1 % fewer buckets.
/// </para>
/// </remarks>
internal readonly partial struct IndexMapping
{
    private const double Cube = 6.0 / 35;
    private const double Square = -3.0 / 5;
    private const double Line = 10.0 / 7;
    private const long SignificandMask = (1L << 52) - 1;
    private const long ExponentOfOne = 1023L << 52;

    private readonly double _bucketsPerOctave;

    public IndexMapping(double relativeAccuracy)
    {
        var gamma = (1 + relativeAccuracy) / (1 - relativeAccuracy);
        // A hair narrower than the bound asks, so that rounding in the index (a few units in 2^-52 of at most 8 million) stays inside it.
        _bucketsPerOctave = 0.7 / Math.Log(gamma) * (1 + 1e-8);
    }

    /// <summary>The index of a finite, normal number's bucket, its sign ignored. Never negative.</summary>
    /// <param name="bits">The number's IEEE 754 bits.</param>
    public int IndexOf(long bits)
    {
        // The biased exponent keeps the sum positive: truncation is then the floor.
        var exponent = (int)(bits >> 52) & 0x7FF;
        var s = BitConverter.Int64BitsToDouble((bits & SignificandMask) | ExponentOfOne) - 1;
        return (int)((exponent + ((((Cube * s) + Square) * s + Line) * s)) * _bucketsPerOctave);
    }

    /// <summary>The value that is within the relative accuracy of everything in a bucket.</summary>
    /// <param name="index">The bucket.</param>
    public double ValueOf(int index)
    {
        var (low, lowExponent) = LowerEdge(index);
        var (high, highExponent) = LowerEdge(index + 1);
        // 2·low·high / (low + high) as low · 2 / (1 + low/high), so that the topmost bucket does not overflow.
        var ratio = Math.ScaleB(low / high, lowExponent - highExponent);
        return Math.ScaleB(low * 2 / (1 + ratio), lowExponent - 1023);
    }

    /// <summary>The smallest magnitude that a bucket holds.</summary>
    /// <param name="index">The bucket.</param>
    public double LowerEdgeOf(int index)
    {
        var (significand, exponent) = LowerEdge(index);
        return Math.ScaleB(significand, exponent - 1023);
    }

    private (double Significand, int BiasedExponent) LowerEdge(int index)
    {
        var position = index / _bucketsPerOctave;
        var exponent = (int)position;
        var target = position - exponent;
        // A fit of the inverse to 0.0004; from there, two steps of Newton's method (the cubic's slope lies between 0.74 and 1.43) reach the last bit.
        var s = ((((((-0.0778 * target) + 0.226) * target) + 0.145) * target) + 0.7072) * target;
        for (var step = 0; step < 2; step++)
        {
            var error = ((((Cube * s) + Square) * s + Line) * s) - target;
            s -= error / ((((3 * Cube * s) + (2 * Square)) * s) + Line);
        }

        return (1 + s, exponent);
    }
}
