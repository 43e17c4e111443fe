using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace ReactiveLink.Metrics.Tests.Alerts;

/// <summary>Every form of alert operator with every condition. A value of 50 is harmless for all of them; values from 0 to 100 are not.</summary>
internal static class AlertForms
{
    private const string Predicate = "predicate";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static readonly Dictionary<string, AlertCondition?> Named = new()
    {
        [Predicate] = null,
        ["above"] = AlertCondition.Above(60, 40),
        ["below"] = AlertCondition.Below(40, 60),
        ["rate"] = AlertCondition.RateOfChange(5, Second),
        ["rise"] = AlertCondition.PredictedCrossing(90, AlertDirection.Rising, Second, Second),
        ["fall"] = AlertCondition.PredictedCrossing(10, AlertDirection.Falling, Second, Second),
        ["band"] = AlertCondition.OutsideBand(1, 1, 0.1, 5),
        ["z-score"] = AlertCondition.ZScore(1, 1, 10, 5),
    };

    public static TheoryData<string> Conditions => [.. Named.Keys];

    /// <summary>The conditions that have a value of their own to refuse.</summary>
    public static TheoryData<string> ValueConditions => [.. Named.Keys.Where(name => name != Predicate)];

    /// <summary>The operators, with each condition where they have one.</summary>
    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string> { { nameof(AlertObservable.WhenAbsent), "" }, { nameof(AlertObservable.WhenStale), "" } };
            foreach (var condition in Named.Keys)
            {
                all.Add(nameof(AlertObservable.AlertWhen), condition);
                all.Add(nameof(AlertObservable.AlertWhenPerKey), condition);
            }

            return all;
        }
    }

    /// <summary>An operator over values. Where it has keys, there is one.</summary>
    public static IObservable<AlertTransition> Apply(
        string form, string condition, IObservable<double> source, Func<double, double> selector, AlertOptions? options = null, IScheduler? scheduler = null) => form switch
        {
            // Long enough for the cases that all operators share.
            nameof(AlertObservable.WhenAbsent) => (source is null ? null! : source.Select(selector)).WhenAbsent(TimeSpan.FromTicks(5000), options, scheduler),
            nameof(AlertObservable.WhenStale) => source.WhenStale(selector, TimeSpan.FromTicks(5000), options, scheduler),
            nameof(AlertObservable.AlertWhen) => Plain(condition, source, selector, options: options, scheduler: scheduler),
            _ => Keyed(condition, source, _ => 0, selector, options: options, scheduler: scheduler),
        };

    public static IObservable<AlertTransition> Plain<T>(
        string condition, IObservable<T> source, Func<T, double> selector, TimeSpan hold = default, TimeSpan keep = default, AlertOptions? options = null, IScheduler? scheduler = null) =>
        Named[condition] is { } over
            ? source.AlertWhen(selector, over, hold, keep, options, scheduler)
            : source.AlertWhen(item => selector(item) > 60, hold, keep, null, options, scheduler);

    public static IObservable<AlertTransition> Keyed<T, TKey>(
        string condition, IObservable<T> source, Func<T, TKey> key, Func<T, double> selector, TimeSpan hold = default, TimeSpan keep = default, AlertOptions? options = null, IScheduler? scheduler = null)
        where TKey : notnull =>
        Named[condition] is { } over
            ? source.AlertWhenPerKey(key, selector, over, hold, keep, options, scheduler)
            : source.AlertWhenPerKey(key, item => selector(item) > 60, hold, keep, null, options, scheduler);
}
