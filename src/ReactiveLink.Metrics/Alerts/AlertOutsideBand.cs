using System.Reactive.Concurrency;
using ReactiveLink.Metrics.Alerts;

namespace ReactiveLink.Metrics;

public static partial class AlertObservable
{
    /// <summary>
    /// An alert on a value outside a band around its exponentially weighted mean: |x - m| &gt; max(width·√v, minimumBand), with the mean m and the variance v of the
    /// values before it. Its value is the item's.
    /// <list type="table">
    /// <listheader><term>input</term><description>output; state</description></listheader>
    /// <item><term>the first <paramref name="warmUp"/> values</term><description>learned, not judged: nothing changes, but it is data</description></item>
    /// <item><term>a value outside</term><description>the condition is true: see <c>AlertWhen</c>; learned as if it lay on the band's edge</description></item>
    /// <item><term>a value inside</term><description>the condition is false: see <c>AlertWhen</c>; learned</description></item>
    /// <item><term>NaN, an infinity</term><description>as if it had not come; refused, counted</description></item>
    /// <item><term>a silence, returning data</term><description>see <c>AlertWhen</c>: <see cref="AlertOptions.NoDataAfter"/></description></item>
    /// <item><term>completion, error</term><description>the completion or error, after the items before it; a pending timer is dropped, no transition is made up</description></item>
    /// <item><term>a delegate throws</term><description>its exception as error; nothing after</description></item>
    /// </list>
    /// </summary>
    /// <remarks>
    /// m starts as the first value and v as zero. Then, with d = x - m: m += α·d and v = (1-α)·(v + α·d²), the stable forms of West (1979) and Finch (2009). After the
    /// warm-up d is clamped to the band first: one outlier does not widen the band so that the next one passes, and yet a new level is learned in time. If v
    /// overflows, the band starts anew with a warm-up.
    /// </remarks>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="selector">The value of an item. NaN and the infinities are refused (<see cref="AlertRefusalReason.NotFinite"/>).</param>
    /// <param name="width">Half of the band, in standard deviations. Greater than zero, finite.</param>
    /// <param name="minimumBand">What half of the band is at least, in the value's unit, so that a constant value does not make a band of no width. Greater than zero, finite.</param>
    /// <param name="smoothing">α, the weight of the newest value, greater than 0 and at most 1. Default 0.1: about the last 20 values count.</param>
    /// <param name="warmUp">How many values are learned before one is judged, at least 1. Default 30.</param>
    /// <param name="holdFor">How long the condition must hold before the alert fires, from zero (at once, never pending).</param>
    /// <param name="keepFiringFor">How long the condition must be false before a firing alert is resolved, from zero (at once).</param>
    /// <param name="options">Name, silence, bounds; null for the defaults.</param>
    /// <param name="scheduler">Whose clock and timer are used; null for the default scheduler.</param>
    /// <returns>The changes of the alert's state.</returns>
    /// <exception cref="ArgumentNullException">An argument that must not be null is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number or a duration is out of range.</exception>
    /// <exception cref="ArgumentException">An option is out of range; the message tells of all that are.</exception>
    public static IObservable<AlertTransition> AlertOutsideBand<T>(
        this IObservable<T> source,
        Func<T, double> selector,
        double width,
        double minimumBand,
        double smoothing = 0.1,
        int warmUp = 30,
        TimeSpan holdFor = default,
        TimeSpan keepFiringFor = default,
        AlertOptions? options = null,
        IScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return AlertRules.Over(source, nameof(AlertOutsideBand), OutsideBandCondition(selector, width, minimumBand, smoothing, warmUp), holdFor, keepFiringFor, options, scheduler);
    }

    private static Func<AlertCondition<T>> OutsideBandCondition<T>(Func<T, double> selector, double width, double minimumBand, double smoothing, int warmUp)
    {
        ArgumentNullException.ThrowIfNull(selector);
        ThrowIfNotFinite(width);
        ThrowIfNotFinite(minimumBand);
        ThrowIfNotFinite(smoothing);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(minimumBand);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(smoothing);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(smoothing, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(warmUp, 1);
        return () => new BandCondition<T>(selector, smoothing, width, minimumBand, warmUp);
    }
}
