using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace ReactiveLink.Metrics.Tests.Alerts;

public sealed class AlertBelowTests : AlertOperatorCases
{
    [Fact]
    public void A_value_between_the_thresholds_changes_nothing() =>
        AlertTimeline.Of((210, 11), (220, 10), (230, 9), (240, 11), (250, 12), (260, 13), (270, 11), (280, 9)).Run(
            t => t.Source.AlertBelow(x => x, fireBelow: 10, clearAbove: 12, scheduler: t.Scheduler)).Gives(
            OnNext(230, "Inactive>Firing ConditionMet 230@230"),
            OnNext(260, "Firing>Resolved ConditionCleared 230@260"),
            OnNext(280, "Inactive>Firing ConditionMet 280@280"));

    protected override IObservable<AlertTransition> Apply(
        IObservable<double> source, Func<double, double> selector, AlertOptions? options, IScheduler? scheduler) =>
        source.AlertBelow(selector, -30, -20, options: options, scheduler: scheduler);

    protected override void OwnArgumentChecking()
    {
        var source = Observable.Empty<double>();
        Assert.Throws<ArgumentNullException>("selector", () => source.AlertBelow(null!, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>("fireBelow", () => source.AlertBelow(x => x, double.NaN, 0));
        Assert.Throws<ArgumentOutOfRangeException>("clearAbove", () => source.AlertBelow(x => x, 2, 1));
    }
}
