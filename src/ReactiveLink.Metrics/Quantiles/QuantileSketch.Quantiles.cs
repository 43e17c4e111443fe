namespace ReactiveLink.Metrics;

/// <content>Reading quantiles.</content>
public sealed partial class QuantileSketch
{
    /// <summary>The value of rank ⌈q·n⌉, within <see cref="RelativeAccuracy"/>; exact while <see cref="IsExact"/>.</summary>
    /// <param name="q">The fraction, 0 to 1: 0.5 is the median, 0 the lowest value, 1 the highest.</param>
    /// <returns>The quantile, between <see cref="Min"/> and <see cref="Max"/>; NaN when the sketch is empty.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="q"/> is not from 0 to 1.</exception>
    public double Quantile(double q)
    {
        var result = 0.0;
        Quantiles(new ReadOnlySpan<double>(in q), new Span<double>(ref result));
        return result;
    }

    /// <summary>Several quantiles, in one pass over the buckets if they are ascending (in more if they are not).</summary>
    /// <param name="qs">The fractions, each 0 to 1.</param>
    /// <param name="results">Receives a quantile for each fraction, as <see cref="Quantile"/> gives it. It may be the fractions' own memory.</param>
    /// <exception cref="ArgumentOutOfRangeException">A fraction is not from 0 to 1; no result was written.</exception>
    /// <exception cref="ArgumentException"><paramref name="results"/> is shorter than <paramref name="qs"/>.</exception>
    public void Quantiles(ReadOnlySpan<double> qs, Span<double> results)
    {
        if (results.Length < qs.Length)
        {
            throw new ArgumentException($"There is room for {results.Length} results, and {qs.Length} are asked for.", nameof(results));
        }

        foreach (var q in qs)
        {
            if (!(q is >= 0 and <= 1))
            {
                throw new ArgumentOutOfRangeException(nameof(qs), q, "A quantile's fraction is from 0 to 1.");
            }
        }

        if (_count == 0)
        {
            results[..qs.Length].Fill(double.NaN);
        }
        else if (_isExact)
        {
            var sorted = _exact.Sorted();
            for (var i = 0; i < qs.Length; i++)
            {
                results[i] = sorted[(int)RankOf(qs[i], _count) - 1];
            }
        }
        else
        {
            var cursor = new Cursor(this);
            for (var i = 0; i < qs.Length; i++)
            {
                results[i] = cursor.ValueAt(RankOf(qs[i], _count));
            }
        }
    }

    /// <summary>The rank, from 1 to n, of the quantile q of n values.</summary>
    /// <param name="q">The fraction.</param>
    /// <param name="count">How many values there are; at least one.</param>
    internal static long RankOf(double q, long count)
    {
        // 0.07 * 100 is 7.000000000000001: what exceeds a whole number by rounding only is that whole number.
        var rank = (long)Math.Ceiling(q * count * (1 - 4e-16));
        return Math.Clamp(rank, 1, count);
    }

    private double LowestBucketValue()
    {
        var negative = _buckets.Content(negative: true);
        return !negative.IsEmpty ? -_mapping.ValueOf(negative.High)
            : _zeros > 0 ? 0
            : _mapping.ValueOf(_buckets.Content(negative: false).Low);
    }

    private double HighestBucketValue()
    {
        var positive = _buckets.Content(negative: false);
        return !positive.IsEmpty ? _mapping.ValueOf(positive.High)
            : _zeros > 0 ? 0
            : -_mapping.ValueOf(_buckets.Content(negative: true).Low);
    }

    /// <summary>Walks the buckets from the lowest value to the highest.</summary>
    private ref struct Cursor(QuantileSketch sketch)
    {
        private readonly QuantileSketch _sketch = sketch;
        private readonly ReadOnlySpan<long> _negative = sketch._buckets.Region(negative: true);
        private readonly ReadOnlySpan<long> _positive = sketch._buckets.Region(negative: false);
        private int _position = -1;
        private long _before;
        private long _reached;

        /// <summary>The value of a rank; from the start again if it lies before the bucket reached.</summary>
        /// <param name="rank">The rank, 1 to the count.</param>
        public double ValueAt(long rank)
        {
            if (rank <= _before)
            {
                _position = -1;
                _before = 0;
                _reached = 0;
            }

            while (_reached < rank)
            {
                _before = _reached;
                _position++;
                _reached += CountHere();
            }

            // The outermost buckets' values may lie outside what was seen; nearer to the extremes is nearer to the truth.
            return Math.Min(Math.Max(ValueHere(), _sketch._minimum), _sketch._maximum);
        }

        // The negative region from its end to its start, the zeros, the positive region.
        private readonly long CountHere() =>
            _position < _negative.Length ? _negative[_negative.Length - 1 - _position]
            : _position == _negative.Length ? _sketch._zeros
            : _positive[_position - _negative.Length - 1];

        private readonly double ValueHere()
        {
            if (_position < _negative.Length)
            {
                var index = _sketch._buckets.FirstIndex(negative: true) + _negative.Length - 1 - _position;
                return -_sketch._mapping.ValueOf(index);
            }

            return _position == _negative.Length
                ? 0
                : _sketch._mapping.ValueOf(_sketch._buckets.FirstIndex(negative: false) + _position - _negative.Length - 1);
        }
    }
}
