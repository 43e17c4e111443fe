using System.Reactive.Concurrency;
using ReactiveLink.Metrics.Alerts;

// Parameters that the forms share are documented once, and inherited.
#pragma warning disable CS1573, CS1712

namespace ReactiveLink.Metrics;

/// <summary>Alerts: rules over any stream, as a stream of the changes of their state.</summary>
public static partial class AlertObservable
{
    /// <summary>
    /// An alert that fires when a condition has held for a time, and is resolved when it has been false for a time: the semantics of Prometheus'
    /// <c>for</c> and <c>keep_firing_for</c>, but driven by the items and by a timer instead of by evaluations. Only changes come out.
    /// <list type="table">
    /// <listheader><term>input</term><description>output; state</description></listheader>
    /// <item><term>condition true, inactive</term><description><see cref="AlertState.Pending"/>, or <see cref="AlertState.Firing"/> at once if <paramref name="holdFor"/> is zero</description></item>
    /// <item><term>true for <paramref name="holdFor"/> (no item is needed)</term><description><see cref="AlertState.Firing"/></description></item>
    /// <item><term>false, pending</term><description><see cref="AlertState.Inactive"/>; a true starts the hold anew</description></item>
    /// <item><term>false, firing</term><description>nothing yet; <paramref name="keepFiringFor"/> starts. A true before its end cancels it</description></item>
    /// <item><term>false for <paramref name="keepFiringFor"/> (no item is needed)</term><description><see cref="AlertState.Resolved"/>; inactive from then on</description></item>
    /// <item><term>nothing for <see cref="AlertOptions.NoDataAfter"/>, in any state</term><description><see cref="AlertState.NoData"/>; what it was waiting for stops. Never a recovery</description></item>
    /// <item><term>data returns</term><description>judged from where the alert was: one that fired fires again on true and, on false, is resolved after <paramref name="keepFiringFor"/> from now; one that was pending holds anew</description></item>
    /// <item><term>a silence without <see cref="AlertOptions.NoDataAfter"/></term><description>nothing: what was last known stands, and its times run on</description></item>
    /// <item><term>an item at the very moment of a deadline</term><description>judged before it, as an evaluation would be</description></item>
    /// <item><term>an item while the observer is at work on another thread</term><description>waits its turn, and is judged by the time at which it came; beyond <see cref="AlertOptions.MaximumQueued"/> refused, counted</description></item>
    /// <item><term>completion, error</term><description>the completion or error, after the items before it; a pending timer is dropped, no transition is made up</description></item>
    /// <item><term>a delegate or the scheduler throws</term><description>its exception as error; nothing after</description></item>
    /// </list>
    /// </summary>
    /// <remarks>
    /// The operator has one timer, runs on the source's thread and the timer's, and calls nobody under a lock. An observer that throws loses its subscription;
    /// the exception goes on to whoever called, which is the scheduler if the timer did. An item costs no allocation.
    /// </remarks>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="predicate">The condition. A comparison with NaN, as with an empty window's percentile, is false, which is a recovery: <see cref="AlertCondition"/> refuses it.</param>
    /// <param name="holdFor">How long the condition must hold before the alert fires, from zero (at once, never pending).</param>
    /// <param name="keepFiringFor">How long the condition must be false before a firing alert is resolved, from zero (at once).</param>
    /// <param name="value">The value for <see cref="AlertTransition.Value"/>; null for NaN.</param>
    /// <param name="options">Name, silence, bounds; null for the defaults.</param>
    /// <param name="scheduler">Whose clock and timer are used; null for the default scheduler.</param>
    /// <returns>The changes of the alert's state.</returns>
    /// <exception cref="ArgumentNullException">An argument that must not be null is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A duration is out of range.</exception>
    /// <exception cref="ArgumentException">An option is out of range; the message tells of all that are.</exception>
    public static IObservable<AlertTransition> AlertWhen<T>(
        this IObservable<T> source,
        Func<T, bool> predicate,
        TimeSpan holdFor = default,
        TimeSpan keepFiringFor = default,
        Func<T, double>? value = null,
        AlertOptions? options = null,
        IScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        var newReader = Reader(predicate, value);
        return Rule<T, int>(source, null, nameof(AlertWhen), newReader, holdFor, keepFiringFor, options, scheduler);
    }

    /// <summary>
    /// An alert on a value of the items: as the form with a predicate, with a condition that may know the values before.
    /// <list type="table">
    /// <listheader><term>input</term><description>output; state</description></listheader>
    /// <item><term>the condition is true, or false</term><description>as the predicate</description></item>
    /// <item><term>a value that cannot be judged yet, as in a warm-up</term><description>nothing changes, but it is data: a silence starts anew</description></item>
    /// <item><term>NaN, as of an empty window, or what else the condition does not take</term><description>as if it had not come; refused (<see cref="AlertRefusalReason.NotFinite"/>), counted</description></item>
    /// <item><term>anything else</term><description>see the form with a predicate</description></item>
    /// </list>
    /// </summary>
    /// <inheritdoc cref="AlertWhen{T}(IObservable{T}, Func{T, bool}, TimeSpan, TimeSpan, Func{T, double}, AlertOptions, IScheduler)"/>
    /// <param name="selector">The value of an item.</param>
    /// <param name="condition">The condition over it; <see cref="AlertCondition"/> has them all.</param>
    public static IObservable<AlertTransition> AlertWhen<T>(
        this IObservable<T> source,
        Func<T, double> selector,
        AlertCondition condition,
        TimeSpan holdFor = default,
        TimeSpan keepFiringFor = default,
        AlertOptions? options = null,
        IScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        var newReader = Reader(selector, condition);
        return Rule<T, int>(source, null, condition.ToString(), newReader, holdFor, keepFiringFor, options, scheduler);
    }

    private static Func<AlertReader<T>> Reader<T>(Func<T, bool> predicate, Func<T, double>? value)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        var reader = new PredicateReader<T>(predicate, value);
        return () => reader;
    }

    private static Func<AlertReader<T>> Reader<T>(Func<T, double> selector, AlertCondition condition)
    {
        ArgumentNullException.ThrowIfNull(selector);
        ArgumentNullException.ThrowIfNull(condition);
        return () => new ValueReader<T>(selector, condition.NewJudge());
    }

    private static AlertRule<T, TKey> Rule<T, TKey>(
        IObservable<T> source,
        Func<T, TKey>? keySelector,
        string name,
        Func<AlertReader<T>> newReader,
        TimeSpan holdFor,
        TimeSpan keepFiringFor,
        AlertOptions? options,
        IScheduler? scheduler)
        where TKey : notnull
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(holdFor, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(keepFiringFor, TimeSpan.Zero);
        options = AlertOptions.Checked(options);
        var idleExpiry = keySelector is null ? TimeSpan.MaxValue : options.KeyIdleExpiry;
        var timing = new AlertTiming(holdFor, keepFiringFor, options.NoDataAfter ?? TimeSpan.MaxValue, idleExpiry);
        return new AlertRule<T, TKey>(source, name, options, scheduler)
        {
            KeySelector = keySelector,
            NewMachine = (key, now) => new ConditionMachine<T>(key, newReader(), timing, now),
        };
    }
}
