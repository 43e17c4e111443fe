using ReactiveLink.Metrics.Alerts;

namespace ReactiveLink.Metrics;

/// <content>The least squares line through the last values.</content>
public sealed partial class AlertCondition
{
    /// <summary>
    /// How fast a value changes: the slope of the least squares line through the values of the last <paramref name="over"/>, by their times of arrival. With two
    /// values that is their difference by their distance.
    /// <list type="table">
    /// <listheader><term>value</term><description>the condition is</description></listheader>
    /// <item><term>the slope is beyond <paramref name="perSecond"/>, in the direction of its sign</term><description>true</description></item>
    /// <item><term>any other slope</term><description>false</description></item>
    /// <item><term>the values span less than half of <paramref name="over"/></term><description>not judged</description></item>
    /// </list>
    /// </summary>
    /// <remarks>
    /// The alert's value is the slope, per second. Slope = Σ(x-x̄)(y-ȳ) / Σ(x-x̄)², kept incrementally: Welford (1962) for a value, Chan, Golub and LeVeque (1979) for
    /// what leaves. O(1) a value. A key takes at most 16,000 bytes, depending on how much of <paramref name="over"/> its values span.
    /// </remarks>
    /// <param name="perSecond">The limit: positive, the condition is true while the value rises faster; negative, while it falls faster. Finite, not zero.</param>
    /// <param name="over">The time over which the line is laid, greater than zero; kept to within one part in 128, so that memory is fixed at any rate.</param>
    /// <returns>The condition.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number or a duration is out of range.</exception>
    public static AlertCondition RateOfChange(double perSecond, TimeSpan over)
    {
        ThrowIfNotFinite(perSecond);
        ArgumentOutOfRangeException.ThrowIfZero(perSecond);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(over, TimeSpan.Zero);
        return new(() => new RateJudge(perSecond, over));
    }

    /// <summary>
    /// Before a value crosses a threshold: the line of <see cref="RateOfChange"/> is at or past it now, or will be within <paramref name="horizon"/>.
    /// <list type="table">
    /// <listheader><term>value</term><description>the condition is</description></listheader>
    /// <item><term>the line is at or past the threshold somewhere from now to the horizon</term><description>true; also once it has come true</description></item>
    /// <item><term>it is not</term><description>false</description></item>
    /// <item><term>the values span less than half of <paramref name="over"/></term><description>not judged</description></item>
    /// </list>
    /// </summary>
    /// <remarks>The alert's value is the line's at the horizon. Cost and memory are those of <see cref="RateOfChange"/>.</remarks>
    /// <param name="threshold">What must not be reached. Finite.</param>
    /// <param name="direction">From which side.</param>
    /// <param name="horizon">How far the line is prolonged, from zero.</param>
    /// <param name="over">The time over which the line is laid, as for <see cref="RateOfChange"/>.</param>
    /// <returns>The condition.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number, a duration or the direction is out of range.</exception>
    public static AlertCondition PredictedCrossing(double threshold, AlertDirection direction, TimeSpan horizon, TimeSpan over)
    {
        ThrowIfNotFinite(threshold);
        if (direction is not (AlertDirection.Rising or AlertDirection.Falling))
        {
            throw new ArgumentOutOfRangeException(nameof(direction), direction, "The direction must be Rising or Falling.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(over, TimeSpan.Zero);
        return new(() => new CrossingJudge(threshold, direction == AlertDirection.Rising ? 1 : -1, horizon, over));
    }
}
