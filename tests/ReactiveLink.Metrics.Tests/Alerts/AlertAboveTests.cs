using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace ReactiveLink.Metrics.Tests.Alerts;

public sealed class AlertAboveTests : AlertOperatorCases
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
            t => t.Source.AlertAbove(x => x, 30, 20, options: new AlertOptions { NoDataAfter = Ticks(100) }, scheduler: t.Scheduler)).Gives(
            OnNext(210, "Inactive>Firing ConditionMet 210@210"), OnNext(310, "Firing>NoData Silence 210@310"));

    protected override IObservable<AlertTransition> Apply(
        IObservable<double> source, Func<double, double> selector, AlertOptions? options, IScheduler? scheduler) =>
        source.AlertAbove(selector, 30, 20, options: options, scheduler: scheduler);

    protected override void OwnArgumentChecking()
    {
        var source = Observable.Empty<double>();
        Assert.Throws<ArgumentNullException>("selector", () => source.AlertAbove(null!, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>("fireAbove", () => source.AlertAbove(x => x, double.NaN, 0));
        Assert.Throws<ArgumentOutOfRangeException>("clearBelow", () => source.AlertAbove(x => x, 1, double.NegativeInfinity));
        Assert.Throws<ArgumentOutOfRangeException>("clearBelow", () => source.AlertAbove(x => x, 1, 2));
        Assert.Throws<ArgumentOutOfRangeException>("holdFor", () => source.AlertAbove(x => x, 1, 0, Ticks(-1)));
    }

    private static IObservable<AlertTransition> On(AlertTimeline t, long hold = 0) =>
        t.Source.AlertAbove(x => x, fireAbove: 30, clearBelow: 20, Ticks(hold), options: t.Options, scheduler: t.Scheduler);
}
