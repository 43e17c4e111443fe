using System.Reactive.Concurrency;
using ReactiveLink.Metrics.Alerts;

namespace ReactiveLink.Metrics;

public static partial class AlertObservable
{
    /// <summary>
    /// <c>AlertAbove</c> for each key of a stream, without a group, a subscription or a timer for each: there is one timer for all keys. The number of keys is
    /// bounded, and keys that fell silent are forgotten.
    /// <list type="table">
    /// <listheader><term>input</term><description>output; state</description></listheader>
    /// <item><term>an item</term><description>as <c>AlertAbove</c>, for its key alone; the transitions tell the key</description></item>
    /// <item><term>NaN</term><description>as if it had not come; refused, counted; a new key takes a place, and is forgotten in its time</description></item>
    /// <item><term>an item of a new key, <see cref="AlertOptions.MaximumKeys"/> are tracked</term><description>nothing; refused (<see cref="AlertRefusalReason.TooManyKeys"/>), counted; no state is made</description></item>
    /// <item><term>a null key</term><description>nothing; refused (<see cref="AlertRefusalReason.NoKey"/>), counted</description></item>
    /// <item><term>nothing of a key for <see cref="AlertOptions.NoDataAfter"/></term><description><see cref="AlertState.NoData"/> of this key</description></item>
    /// <item><term>nothing of a key for <see cref="AlertOptions.KeyIdleExpiry"/></term><description><see cref="AlertState.Inactive"/> with <see cref="AlertReason.Forgotten"/> unless it is; its state is given up</description></item>
    /// <item><term>completion, error</term><description>the completion or error, after the items before it; a pending timer is dropped, no transition is made up</description></item>
    /// <item><term>a delegate throws</term><description>its exception as error; nothing after</description></item>
    /// </list>
    /// </summary>
    /// <remarks>A key takes at most 500 bytes.</remarks>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="TKey">The keys' type.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="keySelector">The key of an item.</param>
    /// <param name="selector">The value of an item. NaN is refused (<see cref="AlertRefusalReason.NotFinite"/>).</param>
    /// <param name="fireAbove">Above this the condition becomes true. Finite.</param>
    /// <param name="clearBelow">Below this it becomes false. Finite, at most <paramref name="fireAbove"/>.</param>
    /// <param name="holdFor">How long the condition must hold before the alert fires, from zero (at once, never pending).</param>
    /// <param name="keepFiringFor">How long the condition must be false before a firing alert is resolved, from zero (at once).</param>
    /// <param name="options">Name, silence, bounds; null for the defaults.</param>
    /// <param name="scheduler">Whose clock and timer are used; null for the default scheduler.</param>
    /// <returns>The changes of the alerts' states.</returns>
    /// <exception cref="ArgumentNullException">An argument that must not be null is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number or a duration is out of range.</exception>
    /// <exception cref="ArgumentException">An option is out of range; the message tells of all that are.</exception>
    public static IObservable<AlertTransition> AlertAbovePerKey<T, TKey>(
        this IObservable<T> source,
        Func<T, TKey> keySelector,
        Func<T, double> selector,
        double fireAbove,
        double clearBelow,
        TimeSpan holdFor = default,
        TimeSpan keepFiringFor = default,
        AlertOptions? options = null,
        IScheduler? scheduler = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(keySelector);
        return AlertRules.PerKey(
            source, nameof(AlertAbovePerKey), keySelector, AboveCondition(selector, fireAbove, clearBelow), holdFor, keepFiringFor, options, scheduler);
    }
}
