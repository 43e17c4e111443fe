using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Alerts;

/// <summary>What holds for the forms of alert operators that have an alert for each key.</summary>
public abstract class AlertPerKeyCases : AlertOperatorCases
{
    private static readonly AlertOptions Options = new() { Rule = "rule", NoDataAfter = TimeSpan.FromSeconds(1) };

    [Fact]
    public void Each_key_has_the_alert_that_its_items_alone_have()
    {
        var random = new Random(7);
        var items = Enumerable.Range(0, 600).Select(i => OnNext(210 + (i * 1_000_000L) + (i / 200 * 30_000_000), new Item("abc".Substring(random.Next(3), 1), 100 * random.NextDouble())));
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(items.ToArray());
        var keyed = new List<AlertTransition>();
        var plain = new List<AlertTransition>();
        using var all = Keyed(source, Options, scheduler).Subscribe(keyed.Add);
        foreach (var key in new[] { "a", "b", "c" })
        {
            Plain(source.Where(item => item.Key == key), Options with { Key = key }, scheduler).Subscribe(plain.Add);
        }

        scheduler.AdvanceTo(items.Last().Time + 50_000_000);
        Assert.InRange(plain.Count, 20, 1000);
        Assert.All(["a", "b", "c"], key => Assert.Equal(plain.Where(change => change.Key!.Equals(key)), keyed.Where(change => change.Key!.Equals(key))));
    }

    [Fact]
    public void Keys_beyond_the_cap_are_refused_and_a_silent_one_gives_its_place_back()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(
            OnNext(210, new Item("a", 1)), OnNext(220, new Item("b", 1)), OnNext(240, new Item("a", 1)), OnNext(341, new Item("b", 1)), OnNext(342, new Item("c", 1)));
        var refusals = scheduler.CreateObserver<AlertRefusal>();
        var options = new AlertOptions { MaximumKeys = 1, KeyIdleExpiry = Ticks(100), Refusals = refusals };
        scheduler.Start(() => Keyed(source, options, scheduler));

        Assert.Equal(
            [(220, AlertRefusalReason.TooManyKeys, "b"), (342, AlertRefusalReason.TooManyKeys, "c")],
            refusals.Messages.Select(m => (m.Time, m.Value.Value.Reason, (string)m.Value.Value.Key!)));
        source.Subscriptions.AssertEqual(Subscribe(200, 1000));
    }

    [Fact]
    public void An_item_without_a_key_takes_no_place_and_one_without_a_value_only_for_a_time()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(
            OnNext(210, new Item(null!, 1)), OnNext(220, new Item("a", double.NaN)), OnNext(230, new Item("b", 1)), OnNext(330, new Item("b", 1)), OnNext(340, new Item("b", double.NaN)));
        var refusals = scheduler.CreateObserver<AlertRefusal>();
        scheduler.Start(() => Keyed(source, new AlertOptions { MaximumKeys = 1, KeyIdleExpiry = Ticks(100), Refusals = refusals }, scheduler));

        Assert.Equal(
            [(AlertRefusalReason.NoKey, null, 1L), (AlertRefusalReason.NotFinite, "a", 2L), (AlertRefusalReason.TooManyKeys, "b", 3L), (AlertRefusalReason.NotFinite, "b", 4L)],
            refusals.Messages.Select(m => (m.Value.Value.Reason, (string?)m.Value.Value.Key, m.Value.Value.Total)));
    }

    [Fact]
    public void KeySelectorThrows()
    {
        var error = new InvalidOperationException("test");
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, new Item("a", 50)), OnNext(220, new Item("!", 50)));
        var result = scheduler.Start(() => Keyed(source, null, scheduler, item => item.Key == "!" ? throw error : item.Key).Select(change => change.Rule));

        result.Messages.AssertEqual(OnError<string>(220, error));
        source.Subscriptions.AssertEqual(Subscribe(200, 220));
    }

    protected IObservable<AlertTransition> Keyed(IObservable<Item> source, AlertOptions? options, IScheduler scheduler) =>
        Keyed(source, options, scheduler, item => item.Key);

    protected abstract IObservable<AlertTransition> Keyed(IObservable<Item> source, AlertOptions? options, IScheduler scheduler, Func<Item, string> key);

    protected abstract IObservable<AlertTransition> Plain(IObservable<Item> source, AlertOptions? options, IScheduler scheduler);

    public sealed record Item(string Key, double Value);
}
