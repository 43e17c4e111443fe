using System.Reactive.Concurrency;
using ReactiveLink.Metrics.Alerts;

namespace ReactiveLink.Metrics;

public static partial class AlertObservable
{
    /// <summary>
    /// An alert on a value far from the last ones: |x - m| / max(s, minimumDeviation) &gt; limit, with the mean m and the sample standard deviation s of the
    /// <paramref name="window"/> values before it. Its value is the score, with its sign.
    /// <list type="table">
    /// <listheader><term>input</term><description>output; state</description></listheader>
    /// <item><term>the first <paramref name="warmUp"/> values</term><description>learned, not judged: nothing changes, but it is data</description></item>
    /// <item><term>a score beyond the limit</term><description>the condition is true: see <c>AlertWhen</c>; the value is learned like any other</description></item>
    /// <item><term>any other score</term><description>the condition is false: see <c>AlertWhen</c></description></item>
    /// <item><term>NaN, an infinity</term><description>as if it had not come; refused, counted</description></item>
    /// <item><term>values so large that their squares overflow</term><description>cannot be judged until they have left the window</description></item>
    /// <item><term>a silence, returning data</term><description>see <c>AlertWhen</c>: <see cref="AlertOptions.NoDataAfter"/></description></item>
    /// <item><term>completion, error</term><description>the completion or error, after the items before it; a pending timer is dropped, no transition is made up</description></item>
    /// <item><term>a delegate throws</term><description>its exception as error; nothing after</description></item>
    /// </list>
    /// </summary>
    /// <remarks>s² = Σ(x-m)² / (n-1), kept by Welford's update (1962) and its inverse, and made anew once per turn of the window. O(1) a value.</remarks>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="selector">The value of an item. NaN and the infinities are refused (<see cref="AlertRefusalReason.NotFinite"/>).</param>
    /// <param name="limit">How many standard deviations are too many. Greater than zero, finite.</param>
    /// <param name="minimumDeviation">What the standard deviation is taken as at least, in the value's unit. Greater than zero, finite.</param>
    /// <param name="window">How many values a value is compared with, 2 to 65,536. Default 100.</param>
    /// <param name="warmUp">How many values are learned before one is judged, from 2 to <paramref name="window"/>. Default 30.</param>
    /// <param name="holdFor">How long the condition must hold before the alert fires, from zero (at once, never pending).</param>
    /// <param name="keepFiringFor">How long the condition must be false before a firing alert is resolved, from zero (at once).</param>
    /// <param name="options">Name, silence, bounds; null for the defaults.</param>
    /// <param name="scheduler">Whose clock and timer are used; null for the default scheduler.</param>
    /// <returns>The changes of the alert's state.</returns>
    /// <exception cref="ArgumentNullException">An argument that must not be null is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number or a duration is out of range.</exception>
    /// <exception cref="ArgumentException">An option is out of range; the message tells of all that are.</exception>
    public static IObservable<AlertTransition> AlertOnZScore<T>(
        this IObservable<T> source,
        Func<T, double> selector,
        double limit,
        double minimumDeviation,
        int window = 100,
        int warmUp = 30,
        TimeSpan holdFor = default,
        TimeSpan keepFiringFor = default,
        AlertOptions? options = null,
        IScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return AlertRules.Over(source, nameof(AlertOnZScore), ZScoreCondition(selector, limit, minimumDeviation, window, warmUp), holdFor, keepFiringFor, options, scheduler);
    }

    private static Func<AlertCondition<T>> ZScoreCondition<T>(Func<T, double> selector, double limit, double minimumDeviation, int window, int warmUp)
    {
        ArgumentNullException.ThrowIfNull(selector);
        ThrowIfNotFinite(limit);
        ThrowIfNotFinite(minimumDeviation);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(minimumDeviation);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(window, 65_536);
        ArgumentOutOfRangeException.ThrowIfLessThan(warmUp, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(warmUp, window);
        return () => new ScoreCondition<T>(selector, limit, window, warmUp, minimumDeviation);
    }
}
