using ReactiveLink.Metrics.Alerts;

namespace ReactiveLink.Metrics;

/// <content>Values unlike those before them.</content>
public sealed partial class AlertCondition
{
    /// <summary>
    /// A value outside a band around the exponentially weighted mean: |x - m| &gt; max(width·√v, minimumBand), with the mean m and the variance v of the values
    /// before it.
    /// <list type="table">
    /// <listheader><term>value</term><description>the condition is</description></listheader>
    /// <item><term>the first <paramref name="warmUp"/></term><description>not judged; they are learned</description></item>
    /// <item><term>outside</term><description>true; learned as if it lay on the band's edge</description></item>
    /// <item><term>inside</term><description>false; learned</description></item>
    /// </list>
    /// </summary>
    /// <remarks>
    /// The alert's value is the item's. m starts as the first value and v as zero. Then, with d = x - m: m += α·d and v = (1-α)·(v + α·d²), the stable forms of
    /// West (1979) and Finch (2009). After the warm-up d is clamped to the band first: one outlier does not widen the band so that the next one passes, and yet a
    /// new level is learned in time. If v overflows, the band starts anew with a warm-up. A key takes at most 500 bytes.
    /// </remarks>
    /// <param name="width">Half of the band, in standard deviations. Greater than zero, finite.</param>
    /// <param name="minimumBand">What half of the band is at least, in the value's unit, so that a constant value does not make a band of no width. Greater than zero, finite.</param>
    /// <param name="smoothing">α, the weight of the newest value, greater than 0 and at most 1. Default 0.1: about the last 20 values count.</param>
    /// <param name="warmUp">How many values are learned before one is judged, at least 1. Default 30.</param>
    /// <returns>The condition.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static AlertCondition OutsideBand(double width, double minimumBand, double smoothing = 0.1, int warmUp = 30)
    {
        ThrowIfNotPositive(width);
        ThrowIfNotPositive(minimumBand);
        ThrowIfNotPositive(smoothing);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(smoothing, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(warmUp, 1);
        return new(() => new BandJudge(width, minimumBand, smoothing, warmUp));
    }

    /// <summary>
    /// A value far from the last ones: |x - m| / max(s, minimumDeviation) &gt; limit, with the mean m and the sample standard deviation s of the
    /// <paramref name="window"/> values before it.
    /// <list type="table">
    /// <listheader><term>value</term><description>the condition is</description></listheader>
    /// <item><term>the first <paramref name="warmUp"/></term><description>not judged; they are learned</description></item>
    /// <item><term>a score beyond the limit</term><description>true; learned like any other</description></item>
    /// <item><term>any other score</term><description>false; learned</description></item>
    /// <item><term>one of the values before it is 1e150 or more, and its square might overflow</term><description>not judged, until that one has left the window</description></item>
    /// </list>
    /// </summary>
    /// <remarks>
    /// The alert's value is the score, with its sign. s² = Σ(x-m)² / (n-1), kept by Welford's update (1962) and its inverse, and made anew once per turn of the
    /// window, and where an outlier has left that rounding would outweigh the rest. O(1) a value. A key takes at most 500 bytes and 24 bytes a value of <paramref name="window"/>.
    /// </remarks>
    /// <param name="limit">How many standard deviations are too many. Greater than zero, finite.</param>
    /// <param name="minimumDeviation">What the standard deviation is taken as at least, in the value's unit. Greater than zero, finite.</param>
    /// <param name="window">How many values a value is compared with, 2 to 65,536. Default 100.</param>
    /// <param name="warmUp">How many values are learned before one is judged, from 2 to <paramref name="window"/>. Default 30.</param>
    /// <returns>The condition.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static AlertCondition ZScore(double limit, double minimumDeviation, int window = 100, int warmUp = 30)
    {
        ThrowIfNotPositive(limit);
        ThrowIfNotPositive(minimumDeviation);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(window, 65_536);
        ArgumentOutOfRangeException.ThrowIfLessThan(warmUp, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(warmUp, window);
        return new(() => new ScoreJudge(limit, minimumDeviation, window, warmUp));
    }
}
