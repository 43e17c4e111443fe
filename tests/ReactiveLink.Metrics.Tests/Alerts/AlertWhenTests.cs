using System.Reactive.Linq;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Alerts;

public sealed class AlertWhenTests : ReactiveTest
{
    [Fact]
    public void Fires_at_once_without_a_hold_and_is_resolved_at_once() =>
        AlertTimeline.Of((210, 0), (220, 1), (230, 1), (240, 0), (250, 0), (260, 1)).Run(t => On(t)).Gives(
            OnNext(220, "Inactive>Firing ConditionMet 220@220"),
            OnNext(240, "Firing>Resolved ConditionCleared 220@240"),
            OnNext(260, "Inactive>Firing ConditionMet 260@260"));

    [Fact]
    public void Fires_by_the_timer_when_the_condition_has_held() =>
        AlertTimeline.Of((210, 1)).Run(t => On(t, hold: 100)).Gives(
            OnNext(210, "Inactive>Pending ConditionMet 210@210"), OnNext(310, "Pending>Firing Held 210@310"));

    [Fact]
    public void A_false_while_pending_starts_the_hold_anew() =>
        AlertTimeline.Of((210, 1), (300, 0), (305, 1), (350, 1)).Run(t => On(t, hold: 100)).Gives(
            OnNext(210, "Inactive>Pending ConditionMet 210@210"),
            OnNext(300, "Pending>Inactive ConditionCleared 210@300"),
            OnNext(305, "Inactive>Pending ConditionMet 305@305"),
            OnNext(405, "Pending>Firing Held 305@405"));

    [Fact]
    public void An_item_at_the_moment_of_the_deadline_is_judged_first() =>
        AlertTimeline.Of((210, 1), (310, 0), (400, 1), (500, 1), (510, 0), (560, 1), (600, 0), (650, 0)).Run(t => On(t, hold: 100, keep: 50)).Gives(
            OnNext(210, "Inactive>Pending ConditionMet 210@210"),
            OnNext(310, "Pending>Inactive ConditionCleared 210@310"),
            OnNext(400, "Inactive>Pending ConditionMet 400@400"),
            OnNext(500, "Pending>Firing Held 400@500"),
            OnNext(650, "Firing>Resolved ConditionCleared 400@650"));

    [Fact]
    public void Keeps_firing_until_the_condition_has_been_false_for_long_enough() =>
        AlertTimeline.Of((210, 1), (300, 0), (340, 0), (380, 1), (400, 0)).Run(t => On(t, keep: 100)).Gives(
            OnNext(210, "Inactive>Firing ConditionMet 210@210"), OnNext(500, "Firing>Resolved ConditionCleared 210@500"));

    [Fact]
    public void A_silence_changes_nothing_by_default() =>
        AlertTimeline.Of((210, 1), (900, 0)).Run(t => On(t)).Gives(
            OnNext(210, "Inactive>Firing ConditionMet 210@210"), OnNext(900, "Firing>Resolved ConditionCleared 210@900"));

    [Fact]
    public void A_firing_alert_is_not_resolved_by_a_silence_and_fires_again_with_the_data() =>
        AlertTimeline.Of((210, 1), (400, 1), (450, 0)).Run(t => On(t, noData: 100)).Gives(
            OnNext(210, "Inactive>Firing ConditionMet 210@210"),
            OnNext(310, "Firing>NoData Silence 210@310"),
            OnNext(400, "NoData>Firing DataReturned 210@400"),
            OnNext(450, "Firing>Resolved ConditionCleared 210@450"),
            OnNext(550, "Inactive>NoData Silence 450@550"));

    [Fact]
    public void A_firing_alert_is_resolved_after_a_silence_only_by_a_false_one() =>
        AlertTimeline.Of((210, 1), (400, 0)).Run(t => On(t, noData: 100), disposed: 480).Gives(
            OnNext(210, "Inactive>Firing ConditionMet 210@210"),
            OnNext(310, "Firing>NoData Silence 210@310"),
            OnNext(400, "NoData>Resolved ConditionCleared 210@400"));

    [Fact]
    public void What_was_waited_for_starts_anew_after_a_silence() =>
        AlertTimeline.Of((210, 1), (400, 1), (470, 1), (520, 1), (550, 0), (700, 0), (740, 0)).Run(t => On(t, hold: 120, keep: 80, noData: 100), disposed: 800)
            .Gives(
                OnNext(210, "Inactive>Pending ConditionMet 210@210"),
                OnNext(310, "Pending>NoData Silence 210@310"),
                OnNext(400, "NoData>Pending DataReturned 400@400"),
                OnNext(520, "Pending>Firing Held 400@520"),
                OnNext(630, "Firing>Resolved ConditionCleared 400@630"),
                OnNext(650, "Inactive>NoData Silence 550@650"),
                OnNext(700, "NoData>Inactive DataReturned 700@700"));

    [Fact]
    public void A_keep_firing_time_stops_in_a_silence() =>
        AlertTimeline.Of((210, 1), (250, 0), (400, 0), (450, 0), (500, 0)).Run(t => On(t, keep: 150, noData: 100), disposed: 580).Gives(
            OnNext(210, "Inactive>Firing ConditionMet 210@210"),
            OnNext(350, "Firing>NoData Silence 250@350"),
            OnNext(400, "NoData>Firing DataReturned 210@400"),
            OnNext(550, "Firing>Resolved ConditionCleared 210@550"));

    [Fact]
    public void A_pending_alert_is_inactive_when_data_returns_false() =>
        AlertTimeline.Of((210, 1), (400, 0)).Run(t => On(t, hold: 150, noData: 100), disposed: 480).Gives(
            OnNext(210, "Inactive>Pending ConditionMet 210@210"),
            OnNext(310, "Pending>NoData Silence 210@310"),
            OnNext(400, "NoData>Inactive ConditionCleared 400@400"));

    [Fact]
    public void A_source_that_never_speaks_is_without_data() =>
        new AlertTimeline(OnNext(400, 1.0)).Run(t => On(t, noData: 100), disposed: 450).Gives(
            OnNext(300, "Inactive>NoData Silence 200@300"), OnNext(400, "NoData>Firing ConditionMet 400@400"));

    [Fact]
    public void Completion_drops_a_pending_timer() =>
        new AlertTimeline(OnNext(210, 1.0), OnCompleted<double>(250)).Run(t => On(t, hold: 100, noData: 70)).Gives(
            OnNext(210, "Inactive>Pending ConditionMet 210@210"), OnCompleted<string>(250)).Subscribed(200, 250);

    [Fact]
    public void Durations_without_end_set_no_timer() =>
        AlertTimeline.Of((210, 1), (900, 1)).Run(t => t.Source.AlertWhen(IsTrue, TimeSpan.MaxValue, TimeSpan.MaxValue, scheduler: t.Scheduler), disposed: 1000)
            .Gives(OnNext(210, "Inactive>Pending ConditionMet 210@210"));

    [Fact]
    public void A_hold_longer_than_the_longest_wait_of_a_timer_is_kept()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1.0));
        var result = scheduler.Start(
            () => source.AlertWhen(IsTrue, TimeSpan.FromDays(100), scheduler: scheduler).Select(change => change.To), long.MaxValue);

        result.Messages.AssertEqual(OnNext(210, AlertState.Pending), OnNext(210 + TimeSpan.FromDays(100).Ticks, AlertState.Firing));
    }

    [Fact]
    public void Tells_rule_key_and_value()
    {
        var timeline = AlertTimeline.Of((210, 1), (300, 0)).Run(t => t.Source.AlertWhen(
            IsTrue, TimeSpan.FromTicks(50), value: x => x * 7, options: new AlertOptions { Rule = "leaning", Key = 4 }, scheduler: t.Scheduler));

        Assert.Equal(["leaning", "leaning", "leaning"], timeline.Transitions.Select(change => change.Rule));
        Assert.Equal([4, 4, 4], timeline.Transitions.Select(change => change.Key));
        Assert.Equal([7, 7, 0], timeline.Transitions.Select(change => change.Value));
    }

    [Fact]
    public void The_rule_is_named_after_the_operator_by_default()
    {
        var change = Assert.Single(AlertTimeline.Of((210, 1)).Run(t => On(t)).Transitions);

        Assert.Equal("AlertWhen", change.Rule);
        Assert.Null(change.Key);
        Assert.Equal(double.NaN, change.Value);
    }

    [Fact]
    public void Each_subscription_has_an_alert_of_its_own()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1.0), OnNext(310, 1.0));
        var alert = source.AlertWhen(IsTrue, scheduler: scheduler);
        var first = scheduler.CreateObserver<AlertTransition>();
        var second = scheduler.CreateObserver<AlertTransition>();
        using var one = alert.Subscribe(first);
        scheduler.AdvanceTo(300);
        using var two = alert.Subscribe(second);
        scheduler.Start();

        Assert.Equal(210, Assert.Single(first.Messages).Time);
        Assert.Equal(310, Assert.Single(second.Messages).Time);
    }

    private static bool IsTrue(double value) => value == 1;

    private static IObservable<AlertTransition> On(AlertTimeline t, long hold = 0, long keep = 0, long? noData = null) =>
        t.Source.AlertWhen(
            IsTrue, TimeSpan.FromTicks(hold), TimeSpan.FromTicks(keep), options: t.Options with { NoDataAfter = noData is { } ticks ? TimeSpan.FromTicks(ticks) : null }, scheduler: t.Scheduler);
}
