using System.Reactive.Linq;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Alerts;

/// <summary>The key of an item is its tens, its condition whether it ends in 1.</summary>
public sealed class AlertWhenPerKeyTests : ReactiveTest
{
    [Fact]
    public void Each_key_has_an_alert_of_its_own() =>
        AlertTimeline.Of((210, 11), (220, 21), (250, 20), (300, 30), (330, 10)).Run(t => On(t, hold: 100)).Gives(
            OnNext(210, "1: Inactive>Pending ConditionMet 210@210"),
            OnNext(220, "2: Inactive>Pending ConditionMet 220@220"),
            OnNext(250, "2: Pending>Inactive ConditionCleared 220@250"),
            OnNext(310, "1: Pending>Firing Held 210@310"),
            OnNext(330, "1: Firing>Resolved ConditionCleared 210@330"));

    [Fact]
    public void Keys_with_the_same_deadline_fire_together() =>
        AlertTimeline.Of((210, 11), (210, 21), (210, 31)).Run(t => On(t, hold: 100)).Gives(
            OnNext(210, "1: Inactive>Pending ConditionMet 210@210"),
            OnNext(210, "2: Inactive>Pending ConditionMet 210@210"),
            OnNext(210, "3: Inactive>Pending ConditionMet 210@210"),
            OnNext(310, "1: Pending>Firing Held 210@310"),
            OnNext(310, "2: Pending>Firing Held 210@310"),
            OnNext(310, "3: Pending>Firing Held 210@310"));

    [Fact]
    public void A_silent_key_is_without_data_then_forgotten() =>
        AlertTimeline.Of((210, 11), (220, 20), (290, 20), (380, 20), (490, 11)).Run(t => On(t, noData: 100, expiry: 250), disposed: 500).Gives(
            OnNext(210, "1: Inactive>Firing ConditionMet 210@210"),
            OnNext(310, "1: Firing>NoData Silence 210@310"),
            OnNext(460, "1: NoData>Inactive Forgotten 210@460"),
            OnNext(480, "2: Inactive>NoData Silence 380@480"),
            OnNext(490, "1: Inactive>Firing ConditionMet 490@490"));

    [Fact]
    public void An_inactive_key_is_forgotten_without_a_word_and_its_place_is_free()
    {
        var timeline = AlertTimeline.Of((210, 10), (220, 21), (310, 21), (311, 21)).Run(t => On(t, keys: 1, expiry: 100), disposed: 350).Gives(
            OnNext(311, "2: Inactive>Firing ConditionMet 311@311"));

        Assert.Equal(2, timeline.Refused.Count());
    }

    [Fact]
    public void KeySelectorThrows()
    {
        var error = new InvalidOperationException("test");

        AlertTimeline.Of((210, 1), (220, 2)).Run(t => t.Source.AlertWhenPerKey<double, int>(_ => throw error, _ => true, scheduler: t.Scheduler))
            .Gives(OnError<string>(210, error)).Subscribed(200, 210);
    }

    private static IObservable<AlertTransition> On(AlertTimeline t, long hold = 0, long? noData = null, int keys = 10, long expiry = 100_000) =>
        t.Source.AlertWhenPerKey(
            value => (int)value / 10,
            value => value % 10 == 1,
            TimeSpan.FromTicks(hold),
            options: t.Options with { NoDataAfter = noData is { } ticks ? TimeSpan.FromTicks(ticks) : null, MaximumKeys = keys, KeyIdleExpiry = TimeSpan.FromTicks(expiry) },
            scheduler: t.Scheduler);
}
