using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Alerts;

public sealed class AlertThresholdTests : ReactiveTest
{
    [Fact]
    public void A_value_between_the_thresholds_changes_nothing() =>
        AlertTimeline.Of((210, 25), (220, 31), (230, 25), (240, 29), (250, 19), (260, 25), (270, 30), (280, 20), (290, 35)).Run(t => On(t)).Gives(
            OnNext(220, "Inactive>Firing ConditionMet 220@220"),
            OnNext(250, "Firing>Resolved ConditionCleared 220@250"),
            OnNext(290, "Inactive>Firing ConditionMet 290@290"));

    [Fact]
    public void A_hold_goes_on_between_the_thresholds() =>
        AlertTimeline.Of((210, 31), (250, 25), (400, 19)).Run(t => On(t, hold: 100)).Gives(
            OnNext(210, "Inactive>Pending ConditionMet 210@210"),
            OnNext(310, "Pending>Firing Held 210@310"),
            OnNext(400, "Firing>Resolved ConditionCleared 210@400"));

    [Fact]
    public void Infinity_is_above_and_NaN_is_refused()
    {
        var timeline = AlertTimeline.Of((210, double.PositiveInfinity), (220, double.NaN), (230, double.NegativeInfinity), (240, double.NaN)).Run(t => On(t)).Gives(
            OnNext(210, "Inactive>Firing ConditionMet 210@210"), OnNext(230, "Firing>Resolved ConditionCleared 210@230"));

        Assert.Equal([(AlertRefusalReason.NotFinite, 1, 1), (AlertRefusalReason.NotFinite, 1, 2)], timeline.Refused.Select(r => (r.Reason, r.Count, r.Total)));
    }

    [Fact]
    public void NaN_does_not_end_a_silence() =>
        AlertTimeline.Of((210, 31), (250, double.NaN), (320, double.NaN)).Run(
            t => t.Source.AlertWhen(x => x, AlertCondition.Above(30, 20), options: new AlertOptions { NoDataAfter = TimeSpan.FromTicks(100) }, scheduler: t.Scheduler)).Gives(
            OnNext(210, "Inactive>Firing ConditionMet 210@210"), OnNext(310, "Firing>NoData Silence 210@310"));

    [Fact]
    public void An_empty_window_is_no_recovery() =>
        AlertTimeline.Of((210, 31), (410, 10)).Run(
            t => t.Source.TumblingWindow(x => x, TimeSpan.FromTicks(50), scheduler: t.Scheduler).AlertWhen(window => window.P95, AlertCondition.Above(30, 20), scheduler: t.Scheduler)).Gives(
            OnNext(250, "Inactive>Firing ConditionMet 250@250"), OnNext(450, "Firing>Resolved ConditionCleared 250@450"));

    [Fact]
    public void Below_is_above_upside_down() =>
        AlertTimeline.Of((210, 11), (220, 10), (230, 9), (240, 11), (250, 12), (260, 13), (270, 11), (280, 9)).Run(
            t => t.Source.AlertWhen(x => x, AlertCondition.Below(fireBelow: 10, clearAbove: 12), scheduler: t.Scheduler)).Gives(
            OnNext(230, "Inactive>Firing ConditionMet 230@230"),
            OnNext(260, "Firing>Resolved ConditionCleared 230@260"),
            OnNext(280, "Inactive>Firing ConditionMet 280@280"));

    private static IObservable<AlertTransition> On(AlertTimeline t, long hold = 0) =>
        t.Source.AlertWhen(x => x, AlertCondition.Above(fireAbove: 30, clearBelow: 20), TimeSpan.FromTicks(hold), options: t.Options, scheduler: t.Scheduler);
}
