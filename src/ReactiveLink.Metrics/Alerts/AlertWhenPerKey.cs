using System.Reactive.Concurrency;

// Parameters that the forms share are documented once, and inherited.
#pragma warning disable CS1573, CS1712

namespace ReactiveLink.Metrics;

public static partial class AlertObservable
{
    /// <summary>
    /// <c>AlertWhen</c> for each key of a stream, without a group, a subscription or a timer for each: there is one timer for all keys. The number of keys is
    /// bounded, and keys that fell silent are forgotten.
    /// <list type="table">
    /// <listheader><term>input</term><description>output; state</description></listheader>
    /// <item><term>an item</term><description>as <c>AlertWhen</c>, for its key alone; the transitions tell the key</description></item>
    /// <item><term>an item of a new key, <see cref="AlertOptions.MaximumKeys"/> are tracked</term><description>nothing; refused (<see cref="AlertRefusalReason.TooManyKeys"/>), counted; no state is made</description></item>
    /// <item><term>a null key</term><description>nothing; refused (<see cref="AlertRefusalReason.NoKey"/>), counted</description></item>
    /// <item><term>an item of a new key whose value is refused</term><description>the key takes a place, and is forgotten in its time</description></item>
    /// <item><term>nothing of a key for <see cref="AlertOptions.NoDataAfter"/></term><description><see cref="AlertState.NoData"/> of this key</description></item>
    /// <item><term>nothing of a key for <see cref="AlertOptions.KeyIdleExpiry"/></term><description><see cref="AlertState.Inactive"/> with <see cref="AlertReason.Forgotten"/> unless it is; its state is given up</description></item>
    /// <item><term>completion, error, a delegate or the scheduler throws</term><description>as <c>AlertWhen</c>, for all keys at once</description></item>
    /// </list>
    /// </summary>
    /// <typeparam name="TKey">The keys' type.</typeparam>
    /// <param name="keySelector">The key of an item.</param>
    /// <inheritdoc cref="AlertWhen{T}(IObservable{T}, Func{T, bool}, TimeSpan, TimeSpan, Func{T, double}, AlertOptions, IScheduler)"/>
    public static IObservable<AlertTransition> AlertWhenPerKey<T, TKey>(
        this IObservable<T> source,
        Func<T, TKey> keySelector,
        Func<T, bool> predicate,
        TimeSpan holdFor = default,
        TimeSpan keepFiringFor = default,
        Func<T, double>? value = null,
        AlertOptions? options = null,
        IScheduler? scheduler = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(keySelector);
        var newReader = Reader(predicate, value);
        return Rule(source, keySelector, nameof(AlertWhenPerKey), newReader, holdFor, keepFiringFor, options, scheduler);
    }

    /// <param name="selector">The value of an item.</param>
    /// <param name="condition">The condition over it; each key has a state of its own. <see cref="AlertCondition"/> has them all, with what a key takes.</param>
    /// <inheritdoc cref="AlertWhenPerKey{T, TKey}(IObservable{T}, Func{T, TKey}, Func{T, bool}, TimeSpan, TimeSpan, Func{T, double}, AlertOptions, IScheduler)"/>
    public static IObservable<AlertTransition> AlertWhenPerKey<T, TKey>(
        this IObservable<T> source,
        Func<T, TKey> keySelector,
        Func<T, double> selector,
        AlertCondition condition,
        TimeSpan holdFor = default,
        TimeSpan keepFiringFor = default,
        AlertOptions? options = null,
        IScheduler? scheduler = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(keySelector);
        var newReader = Reader(selector, condition);
        return Rule(source, keySelector, condition.ToString(), newReader, holdFor, keepFiringFor, options, scheduler);
    }
}
