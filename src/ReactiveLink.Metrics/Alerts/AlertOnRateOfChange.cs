using System.Reactive.Concurrency;
using ReactiveLink.Metrics.Alerts;

namespace ReactiveLink.Metrics;

public static partial class AlertObservable
{
    /// <summary>
    /// An alert on how fast a value changes: the slope of the least squares line through the values of the last <paramref name="over"/>, by their times of
    /// arrival. With two values that is their difference by their distance. Its value is the slope, per second.
    /// <list type="table">
    /// <listheader><term>input</term><description>output; state</description></listheader>
    /// <item><term>slope beyond <paramref name="perSecond"/>, in the direction of its sign</term><description>the condition is true: see <c>AlertWhen</c></description></item>
    /// <item><term>any other slope</term><description>the condition is false: see <c>AlertWhen</c></description></item>
    /// <item><term>values that span less than half of <paramref name="over"/></term><description>cannot be judged: nothing changes, but it is data</description></item>
    /// <item><term>NaN, an infinity</term><description>as if it had not come; refused, counted</description></item>
    /// <item><term>a silence, returning data</term><description>see <c>AlertWhen</c>: <see cref="AlertOptions.NoDataAfter"/></description></item>
    /// <item><term>completion, error</term><description>the completion or error, after the items before it; a pending timer is dropped, no transition is made up</description></item>
    /// <item><term>a delegate throws</term><description>its exception as error; nothing after</description></item>
    /// </list>
    /// </summary>
    /// <remarks>Slope = Σ(x-x̄)(y-ȳ) / Σ(x-x̄)², kept incrementally: Welford (1962) for a value, Chan, Golub and LeVeque (1979) for what leaves. O(1) a value.</remarks>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="selector">The value of an item. NaN and the infinities are refused (<see cref="AlertRefusalReason.NotFinite"/>).</param>
    /// <param name="perSecond">The limit: positive, the condition is true while the value rises faster; negative, while it falls faster. Finite, not zero.</param>
    /// <param name="over">The time over which the line is laid, greater than zero; kept to within one part in 128, so that memory is fixed at any rate.</param>
    /// <param name="holdFor">How long the condition must hold before the alert fires, from zero (at once, never pending).</param>
    /// <param name="keepFiringFor">How long the condition must be false before a firing alert is resolved, from zero (at once).</param>
    /// <param name="options">Name, silence, bounds; null for the defaults.</param>
    /// <param name="scheduler">Whose clock and timer are used; null for the default scheduler.</param>
    /// <returns>The changes of the alert's state.</returns>
    /// <exception cref="ArgumentNullException">An argument that must not be null is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number or a duration is out of range.</exception>
    /// <exception cref="ArgumentException">An option is out of range; the message tells of all that are.</exception>
    public static IObservable<AlertTransition> AlertOnRateOfChange<T>(
        this IObservable<T> source,
        Func<T, double> selector,
        double perSecond,
        TimeSpan over,
        TimeSpan holdFor = default,
        TimeSpan keepFiringFor = default,
        AlertOptions? options = null,
        IScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return AlertRules.Over(source, nameof(AlertOnRateOfChange), RateOfChangeCondition(selector, perSecond, over), holdFor, keepFiringFor, options, scheduler);
    }

    private static Func<AlertCondition<T>> RateOfChangeCondition<T>(Func<T, double> selector, double perSecond, TimeSpan over)
    {
        ArgumentNullException.ThrowIfNull(selector);
        ThrowIfNotFinite(perSecond);
        ArgumentOutOfRangeException.ThrowIfZero(perSecond);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(over, TimeSpan.Zero);
        return () => new RateCondition<T>(selector, perSecond, over);
    }
}
