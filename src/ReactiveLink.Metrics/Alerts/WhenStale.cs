using System.Reactive.Concurrency;
using ReactiveLink.Metrics.Alerts;

namespace ReactiveLink.Metrics;

public static partial class AlertObservable
{
    /// <summary>
    /// An alert for each key that fires when nothing comes of the key for a time, and is resolved by its next item. There is one timer for all keys. Its value is
    /// the silence in seconds.
    /// <list type="table">
    /// <listheader><term>input</term><description>output; state</description></listheader>
    /// <item><term>nothing of a key for <paramref name="timeout"/></term><description><see cref="AlertState.Firing"/> of this key, <see cref="AlertReason.Silence"/>, since its last item</description></item>
    /// <item><term>an item of a key, firing</term><description><see cref="AlertState.Resolved"/>, <see cref="AlertReason.DataReturned"/></description></item>
    /// <item><term>the first item of a key</term><description>nothing; from now on it is tracked. Keys that never came are not missed</description></item>
    /// <item><term>an item of a new key, <see cref="AlertOptions.MaximumKeys"/> are tracked</term><description>nothing; refused (<see cref="AlertRefusalReason.TooManyKeys"/>), counted; no state is made</description></item>
    /// <item><term>a null key</term><description>nothing; refused (<see cref="AlertRefusalReason.NoKey"/>), counted</description></item>
    /// <item><term>nothing of a key for <see cref="AlertOptions.KeyIdleExpiry"/></term><description><see cref="AlertState.Inactive"/>, <see cref="AlertReason.Forgotten"/>; its state is given up</description></item>
    /// <item><term>completion, error</term><description>the completion or error, after the items before it; a pending timer is dropped, no transition is made up</description></item>
    /// <item><term>a delegate throws</term><description>its exception as error; nothing after</description></item>
    /// </list>
    /// </summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="TKey">The keys' type.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="keySelector">The key of an item.</param>
    /// <param name="timeout">How long a silence may be, greater than zero and less than <see cref="AlertOptions.KeyIdleExpiry"/>.</param>
    /// <param name="options">Name, silence, bounds; null for the defaults.</param>
    /// <param name="scheduler">Whose clock and timer are used; null for the default scheduler.</param>
    /// <returns>The changes of the alert's state.</returns>
    /// <exception cref="ArgumentNullException">An argument that must not be null is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number or a duration is out of range.</exception>
    /// <exception cref="ArgumentException">An option is out of range; the message tells of all that are.</exception>
    public static IObservable<AlertTransition> WhenStale<T, TKey>(
        this IObservable<T> source, Func<T, TKey> keySelector, TimeSpan timeout, AlertOptions? options = null, IScheduler? scheduler = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(keySelector);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        options = AlertOptions.Checked(options);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(timeout, options.KeyIdleExpiry);
        return new AlertRule<T, TKey>(source, nameof(WhenStale), options, scheduler)
        {
            KeySelector = keySelector,
            NewMachine = (key, now) => new AbsenceMachine<T>(key, timeout, options.KeyIdleExpiry, now),
        };
    }
}
