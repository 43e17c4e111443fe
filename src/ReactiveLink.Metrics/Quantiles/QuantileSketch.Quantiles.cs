using ReactiveLink.Metrics.Quantiles;

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

        var hint = BucketHint.None;
        Read(qs, results, new Span<BucketHint>(ref hint));
    }

    /// <summary>Reads quantiles that are read again and again.</summary>
    /// <param name="qs">The fractions, each 0 to 1; cheapest if ascending.</param>
    /// <param name="results">Receives a quantile for each fraction.</param>
    /// <param name="hints">For each fraction, the bucket that it was in last; a single one is for all of them.</param>
    internal void Read(ReadOnlySpan<double> qs, Span<double> results, Span<BucketHint> hints)
    {
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
                results[i] = cursor.ValueAt(RankOf(qs[i], _count), ref hints[Math.Min(i, hints.Length - 1)]);
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
}
