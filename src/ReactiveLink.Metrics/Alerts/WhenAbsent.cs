using System.Reactive.Concurrency;
using ReactiveLink.Metrics.Alerts;

namespace ReactiveLink.Metrics;

public static partial class AlertObservable
{
    /// <summary>
    /// An alert that fires when nothing comes for a time, and is resolved by the next item. Its value is the silence in seconds.
    /// <list type="table">
    /// <listheader><term>input</term><description>output; state</description></listheader>
    /// <item><term>nothing for <paramref name="timeout"/>, from the last item or from the subscription</term><description><see cref="AlertState.Firing"/>, <see cref="AlertReason.Silence"/>, since the last item</description></item>
    /// <item><term>an item, firing</term><description><see cref="AlertState.Resolved"/>, <see cref="AlertReason.DataReturned"/>; the time starts anew</description></item>
    /// <item><term>an item, not firing</term><description>nothing; the time starts anew</description></item>
    /// <item><term>completion, error</term><description>the completion or error; a pending timer is dropped: an end is not an absence</description></item>
    /// </list>
    /// </summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="timeout">How long a silence may be, greater than zero.</param>
    /// <param name="options">Name, silence, bounds; null for the defaults.</param>
    /// <param name="scheduler">Whose clock and timer are used; null for the default scheduler.</param>
    /// <returns>The changes of the alert's state.</returns>
    /// <exception cref="ArgumentNullException">An argument that must not be null is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number or a duration is out of range.</exception>
    /// <exception cref="ArgumentException">An option is out of range; the message tells of all that are.</exception>
    public static IObservable<AlertTransition> WhenAbsent<T>(
        this IObservable<T> source, TimeSpan timeout, AlertOptions? options = null, IScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        options = AlertOptions.Checked(options);
        return new AlertRule<T, int>(source, nameof(WhenAbsent), options, scheduler)
        {
            NewMachine = (key, now) => new AbsenceMachine<T>(key, timeout, TimeSpan.MaxValue, now),
        };
    }
}
