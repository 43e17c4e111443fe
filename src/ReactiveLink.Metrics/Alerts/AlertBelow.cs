using System.Reactive.Concurrency;
using ReactiveLink.Metrics.Alerts;

namespace ReactiveLink.Metrics;

public static partial class AlertObservable
{
    /// <summary>
    /// An alert with hysteresis: its condition becomes true when the value is below the one threshold, and false only when it is above the other. A value that
    /// trembles about one threshold makes one alert, not many.
    /// <list type="table">
    /// <listheader><term>input</term><description>output; state</description></listheader>
    /// <item><term>a value below <paramref name="fireBelow"/></term><description>the condition is true: <see cref="AlertState.Pending"/> or <see cref="AlertState.Firing"/>, see <c>AlertWhen</c></description></item>
    /// <item><term>a value above <paramref name="clearAbove"/></term><description>the condition is false: see <c>AlertWhen</c></description></item>
    /// <item><term>a value between them, or on one of them</term><description>the condition is what it was, false at first</description></item>
    /// <item><term>NaN</term><description>as if it had not come; refused, counted</description></item>
    /// <item><term>a silence, returning data</term><description>see <c>AlertWhen</c>: <see cref="AlertOptions.NoDataAfter"/></description></item>
    /// <item><term>completion, error</term><description>the completion or error, after the items before it; a pending timer is dropped, no transition is made up</description></item>
    /// <item><term>a delegate throws</term><description>its exception as error; nothing after</description></item>
    /// </list>
    /// </summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="selector">The value of an item. NaN is refused (<see cref="AlertRefusalReason.NotFinite"/>).</param>
    /// <param name="fireBelow">Below this the condition becomes true. Finite.</param>
    /// <param name="clearAbove">Above this it becomes false. Finite, at least <paramref name="fireBelow"/>.</param>
    /// <param name="holdFor">How long the condition must hold before the alert fires, from zero (at once, never pending).</param>
    /// <param name="keepFiringFor">How long the condition must be false before a firing alert is resolved, from zero (at once).</param>
    /// <param name="options">Name, silence, bounds; null for the defaults.</param>
    /// <param name="scheduler">Whose clock and timer are used; null for the default scheduler.</param>
    /// <returns>The changes of the alert's state.</returns>
    /// <exception cref="ArgumentNullException">An argument that must not be null is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number or a duration is out of range.</exception>
    /// <exception cref="ArgumentException">An option is out of range; the message tells of all that are.</exception>
    public static IObservable<AlertTransition> AlertBelow<T>(
        this IObservable<T> source,
        Func<T, double> selector,
        double fireBelow,
        double clearAbove,
        TimeSpan holdFor = default,
        TimeSpan keepFiringFor = default,
        AlertOptions? options = null,
        IScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return AlertRules.Over(source, nameof(AlertBelow), BelowCondition(selector, fireBelow, clearAbove), holdFor, keepFiringFor, options, scheduler);
    }

    private static Func<AlertCondition<T>> BelowCondition<T>(Func<T, double> selector, double fireBelow, double clearAbove)
    {
        ArgumentNullException.ThrowIfNull(selector);
        ThrowIfNotFinite(fireBelow);
        ThrowIfNotFinite(clearAbove);
        ArgumentOutOfRangeException.ThrowIfLessThan(clearAbove, fireBelow);
        return () => new HysteresisCondition<T>(selector, fireBelow, clearAbove, factor: -1);
    }
}
