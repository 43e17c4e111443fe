using System.Reactive.Linq;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Alerts;

/// <summary>What holds for an alert for each key, over every condition.</summary>
public sealed class AlertPerKeyTests : ReactiveTest
{
    private static readonly TimeSpan Hold = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Keep = TimeSpan.FromMilliseconds(250);

    private readonly TestScheduler _scheduler = new();

    public static TheoryData<string> Conditions => AlertForms.Conditions;

    public static TheoryData<string> ValueConditions => AlertForms.ValueConditions;

    [Theory]
    [MemberData(nameof(Conditions))]
    public void Each_key_has_the_alert_that_its_items_alone_have(string condition)
    {
        var random = new Random(7);
        var items = Enumerable.Range(0, 600).Select(i => OnNext(210 + (i * 1_000_000L) + (i / 200 * 30_000_000), new Item("abc".Substring(random.Next(3), 1), 100 * random.NextDouble()))).ToArray();
        var options = new AlertOptions { Rule = "rule", NoDataAfter = TimeSpan.FromSeconds(1) };
        var source = _scheduler.CreateHotObservable(items);
        var keyed = new List<AlertTransition>();
        var plain = new List<AlertTransition>();
        using var all = AlertForms.Keyed(condition, source, item => item.Key, item => item.Value, Hold, Keep, options, _scheduler).Subscribe(keyed.Add);
        foreach (var key in new[] { "a", "b", "c" })
        {
            AlertForms.Plain(condition, source.Where(item => item.Key == key), item => item.Value, Hold, Keep, options with { Key = key }, _scheduler).Subscribe(plain.Add);
        }

        _scheduler.AdvanceTo(items[^1].Time + 50_000_000);
        Assert.InRange(plain.Count, 20, 1000);
        Assert.All(["a", "b", "c"], key => Assert.Equal(plain.Where(change => change.Key!.Equals(key)), keyed.Where(change => change.Key!.Equals(key))));
    }

    [Theory]
    [MemberData(nameof(Conditions))]
    public void Keys_beyond_the_cap_are_refused_and_a_silent_one_gives_its_place_back(string condition) => Assert.Equal(
        [(220, AlertRefusalReason.TooManyKeys, "b", 1), (342, AlertRefusalReason.TooManyKeys, "c", 2)],
        Refusals(condition, (210, new("a", 50)), (220, new("b", 50)), (240, new("a", 50)), (341, new("b", 50)), (342, new("c", 50))));

    [Theory]
    [MemberData(nameof(ValueConditions))]
    public void An_item_without_a_key_takes_no_place_and_one_without_a_value_only_for_a_time(string condition) => Assert.Equal(
        [(210, AlertRefusalReason.NoKey, null, 1), (220, AlertRefusalReason.NotFinite, "a", 2), (230, AlertRefusalReason.TooManyKeys, "b", 3), (340, AlertRefusalReason.NotFinite, "b", 4)],
        Refusals(condition, (210, new(null!, 50)), (220, new("a", double.NaN)), (230, new("b", 50)), (330, new("b", 50)), (340, new("b", double.NaN))));

    [Theory]
    [MemberData(nameof(Conditions))]
    public void KeySelectorThrows(string condition)
    {
        var error = new InvalidOperationException("mine");

        AlertTimeline.Of((210, 50), (220, 1)).Run(t => AlertForms.Keyed(condition, t.Source, value => value == 1 ? throw error : 0, value => value, scheduler: t.Scheduler))
            .Gives(OnError<string>(220, error)).Subscribed(200, 220);
    }

    /// <summary>What is refused where there is room for one key, which is forgotten after 100.</summary>
    private IEnumerable<(long At, AlertRefusalReason Reason, string? Key, long Total)> Refusals(string condition, params (long At, Item Item)[] items)
    {
        var source = _scheduler.CreateHotObservable([.. items.Select(item => OnNext(item.At, item.Item))]);
        var refusals = _scheduler.CreateObserver<AlertRefusal>();
        var options = new AlertOptions { MaximumKeys = 1, KeyIdleExpiry = TimeSpan.FromTicks(100), Refusals = refusals };
        _scheduler.Start(() => AlertForms.Keyed(condition, source, item => item.Key, item => item.Value, options: options, scheduler: _scheduler));

        source.Subscriptions.AssertEqual(Subscribe(200, 1000));
        return refusals.Messages.Select(m => (m.Time, m.Value.Value.Reason, (string?)m.Value.Value.Key, m.Value.Value.Total));
    }

    private sealed record Item(string Key, double Value);
}
