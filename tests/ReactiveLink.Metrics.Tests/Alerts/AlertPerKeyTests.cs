using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace ReactiveLink.Metrics.Tests.Alerts;

public sealed class AlertAbovePerKeyTests : AlertPerKeyCases
{
    protected override IObservable<AlertTransition> Apply(
        IObservable<double> source, Func<double, double> selector, AlertOptions? options, IScheduler? scheduler) =>
        source.AlertAbovePerKey(_ => 0, selector, 30, 20, options: options, scheduler: scheduler);

    protected override IObservable<AlertTransition> Keyed(IObservable<Item> source, AlertOptions? options, IScheduler scheduler, Func<Item, string> key) =>
        source.AlertAbovePerKey(key, x => x.Value, 60, 40, holdFor: TimeSpan.FromMilliseconds(150), keepFiringFor: TimeSpan.FromMilliseconds(250), options: options, scheduler: scheduler);

    protected override IObservable<AlertTransition> Plain(IObservable<Item> source, AlertOptions? options, IScheduler scheduler) =>
        source.AlertAbove(x => x.Value, 60, 40, holdFor: TimeSpan.FromMilliseconds(150), keepFiringFor: TimeSpan.FromMilliseconds(250), options: options, scheduler: scheduler);

    protected override void OwnArgumentChecking()
    {
        var source = Observable.Empty<double>();
        Assert.Throws<ArgumentNullException>("keySelector", () => source.AlertAbovePerKey((Func<double, int>)null!, x => x, 30, 20));
        Assert.Throws<ArgumentNullException>("selector", () => source.AlertAbovePerKey(x => x, null!, 30, 20));
        Assert.Throws<ArgumentOutOfRangeException>("fireAbove", () => source.AlertAbovePerKey(x => x, x => x, double.NaN, 0));
        Assert.Throws<ArgumentOutOfRangeException>("clearBelow", () => source.AlertAbovePerKey(x => x, x => x, 1, 2));
    }
}

public sealed class AlertBelowPerKeyTests : AlertPerKeyCases
{
    protected override IObservable<AlertTransition> Apply(
        IObservable<double> source, Func<double, double> selector, AlertOptions? options, IScheduler? scheduler) =>
        source.AlertBelowPerKey(_ => 0, selector, -100, -50, options: options, scheduler: scheduler);

    protected override IObservable<AlertTransition> Keyed(IObservable<Item> source, AlertOptions? options, IScheduler scheduler, Func<Item, string> key) =>
        source.AlertBelowPerKey(key, x => x.Value, 40, 60, holdFor: TimeSpan.FromMilliseconds(150), keepFiringFor: TimeSpan.FromMilliseconds(250), options: options, scheduler: scheduler);

    protected override IObservable<AlertTransition> Plain(IObservable<Item> source, AlertOptions? options, IScheduler scheduler) =>
        source.AlertBelow(x => x.Value, 40, 60, holdFor: TimeSpan.FromMilliseconds(150), keepFiringFor: TimeSpan.FromMilliseconds(250), options: options, scheduler: scheduler);

    protected override void OwnArgumentChecking()
    {
        var source = Observable.Empty<double>();
        Assert.Throws<ArgumentNullException>("keySelector", () => source.AlertBelowPerKey((Func<double, int>)null!, x => x, -100, -50));
        Assert.Throws<ArgumentNullException>("selector", () => source.AlertBelowPerKey(x => x, null!, -100, -50));
        Assert.Throws<ArgumentOutOfRangeException>("fireBelow", () => source.AlertBelowPerKey(x => x, x => x, double.NaN, 0));
        Assert.Throws<ArgumentOutOfRangeException>("clearAbove", () => source.AlertBelowPerKey(x => x, x => x, 2, 1));
    }
}

public sealed class AlertOnRateOfChangePerKeyTests : AlertPerKeyCases
{
    protected override IObservable<AlertTransition> Apply(
        IObservable<double> source, Func<double, double> selector, AlertOptions? options, IScheduler? scheduler) =>
        source.AlertOnRateOfChangePerKey(_ => 0, selector, 5, TimeSpan.FromSeconds(1), options: options, scheduler: scheduler);

    protected override IObservable<AlertTransition> Keyed(IObservable<Item> source, AlertOptions? options, IScheduler scheduler, Func<Item, string> key) =>
        source.AlertOnRateOfChangePerKey(key, x => x.Value, 5, TimeSpan.FromSeconds(1), holdFor: TimeSpan.FromMilliseconds(150), keepFiringFor: TimeSpan.FromMilliseconds(250), options: options, scheduler: scheduler);

    protected override IObservable<AlertTransition> Plain(IObservable<Item> source, AlertOptions? options, IScheduler scheduler) =>
        source.AlertOnRateOfChange(x => x.Value, 5, TimeSpan.FromSeconds(1), holdFor: TimeSpan.FromMilliseconds(150), keepFiringFor: TimeSpan.FromMilliseconds(250), options: options, scheduler: scheduler);

    protected override void OwnArgumentChecking()
    {
        var source = Observable.Empty<double>();
        Assert.Throws<ArgumentNullException>("keySelector", () => source.AlertOnRateOfChangePerKey((Func<double, int>)null!, x => x, 5, TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentNullException>("selector", () => source.AlertOnRateOfChangePerKey(x => x, null!, 5, TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentOutOfRangeException>("perSecond", () => source.AlertOnRateOfChangePerKey(x => x, x => x, 0, Ticks(1)));
        Assert.Throws<ArgumentOutOfRangeException>("over", () => source.AlertOnRateOfChangePerKey(x => x, x => x, 1, TimeSpan.Zero));
    }
}

public sealed class AlertOnPredictedRisePerKeyTests : AlertPerKeyCases
{
    protected override IObservable<AlertTransition> Apply(
        IObservable<double> source, Func<double, double> selector, AlertOptions? options, IScheduler? scheduler) =>
        source.AlertOnPredictedRisePerKey(_ => 0, selector, 100, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), options: options, scheduler: scheduler);

    protected override IObservable<AlertTransition> Keyed(IObservable<Item> source, AlertOptions? options, IScheduler scheduler, Func<Item, string> key) =>
        source.AlertOnPredictedRisePerKey(key, x => x.Value, 90, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), holdFor: TimeSpan.FromMilliseconds(150), keepFiringFor: TimeSpan.FromMilliseconds(250), options: options, scheduler: scheduler);

    protected override IObservable<AlertTransition> Plain(IObservable<Item> source, AlertOptions? options, IScheduler scheduler) =>
        source.AlertOnPredictedRise(x => x.Value, 90, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), holdFor: TimeSpan.FromMilliseconds(150), keepFiringFor: TimeSpan.FromMilliseconds(250), options: options, scheduler: scheduler);

    protected override void OwnArgumentChecking()
    {
        var source = Observable.Empty<double>();
        Assert.Throws<ArgumentNullException>("keySelector", () => source.AlertOnPredictedRisePerKey((Func<double, int>)null!, x => x, 100, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentNullException>("selector", () => source.AlertOnPredictedRisePerKey(x => x, null!, 100, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentOutOfRangeException>("threshold", () => source.AlertOnPredictedRisePerKey(x => x, x => x, double.NaN, Ticks(1), Ticks(1)));
        Assert.Throws<ArgumentOutOfRangeException>("over", () => source.AlertOnPredictedRisePerKey(x => x, x => x, 1, Ticks(1), TimeSpan.Zero));
    }
}

public sealed class AlertOnPredictedFallPerKeyTests : AlertPerKeyCases
{
    protected override IObservable<AlertTransition> Apply(
        IObservable<double> source, Func<double, double> selector, AlertOptions? options, IScheduler? scheduler) =>
        source.AlertOnPredictedFallPerKey(_ => 0, selector, -100, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), options: options, scheduler: scheduler);

    protected override IObservable<AlertTransition> Keyed(IObservable<Item> source, AlertOptions? options, IScheduler scheduler, Func<Item, string> key) =>
        source.AlertOnPredictedFallPerKey(key, x => x.Value, 10, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), holdFor: TimeSpan.FromMilliseconds(150), keepFiringFor: TimeSpan.FromMilliseconds(250), options: options, scheduler: scheduler);

    protected override IObservable<AlertTransition> Plain(IObservable<Item> source, AlertOptions? options, IScheduler scheduler) =>
        source.AlertOnPredictedFall(x => x.Value, 10, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), holdFor: TimeSpan.FromMilliseconds(150), keepFiringFor: TimeSpan.FromMilliseconds(250), options: options, scheduler: scheduler);

    protected override void OwnArgumentChecking()
    {
        var source = Observable.Empty<double>();
        Assert.Throws<ArgumentNullException>("keySelector", () => source.AlertOnPredictedFallPerKey((Func<double, int>)null!, x => x, -100, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentNullException>("selector", () => source.AlertOnPredictedFallPerKey(x => x, null!, -100, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentOutOfRangeException>("horizon", () => source.AlertOnPredictedFallPerKey(x => x, x => x, 1, Ticks(-1), Ticks(1)));
        Assert.Throws<ArgumentOutOfRangeException>("over", () => source.AlertOnPredictedFallPerKey(x => x, x => x, 1, Ticks(1), TimeSpan.Zero));
    }
}

public sealed class AlertOutsideBandPerKeyTests : AlertPerKeyCases
{
    protected override IObservable<AlertTransition> Apply(
        IObservable<double> source, Func<double, double> selector, AlertOptions? options, IScheduler? scheduler) =>
        source.AlertOutsideBandPerKey(_ => 0, selector, 3, 1, options: options, scheduler: scheduler);

    protected override IObservable<AlertTransition> Keyed(IObservable<Item> source, AlertOptions? options, IScheduler scheduler, Func<Item, string> key) =>
        source.AlertOutsideBandPerKey(key, x => x.Value, 1, 1, 0.1, 5, holdFor: TimeSpan.FromMilliseconds(150), keepFiringFor: TimeSpan.FromMilliseconds(250), options: options, scheduler: scheduler);

    protected override IObservable<AlertTransition> Plain(IObservable<Item> source, AlertOptions? options, IScheduler scheduler) =>
        source.AlertOutsideBand(x => x.Value, 1, 1, 0.1, 5, holdFor: TimeSpan.FromMilliseconds(150), keepFiringFor: TimeSpan.FromMilliseconds(250), options: options, scheduler: scheduler);

    protected override void OwnArgumentChecking()
    {
        var source = Observable.Empty<double>();
        Assert.Throws<ArgumentNullException>("keySelector", () => source.AlertOutsideBandPerKey((Func<double, int>)null!, x => x, 3, 1));
        Assert.Throws<ArgumentNullException>("selector", () => source.AlertOutsideBandPerKey(x => x, null!, 3, 1));
        Assert.Throws<ArgumentOutOfRangeException>("width", () => source.AlertOutsideBandPerKey(x => x, x => x, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>("warmUp", () => source.AlertOutsideBandPerKey(x => x, x => x, 1, 1, warmUp: 0));
    }
}

public sealed class AlertOnZScorePerKeyTests : AlertPerKeyCases
{
    protected override IObservable<AlertTransition> Apply(
        IObservable<double> source, Func<double, double> selector, AlertOptions? options, IScheduler? scheduler) =>
        source.AlertOnZScorePerKey(_ => 0, selector, 3, 1, options: options, scheduler: scheduler);

    protected override IObservable<AlertTransition> Keyed(IObservable<Item> source, AlertOptions? options, IScheduler scheduler, Func<Item, string> key) =>
        source.AlertOnZScorePerKey(key, x => x.Value, 1, 1, 10, 5, holdFor: TimeSpan.FromMilliseconds(150), keepFiringFor: TimeSpan.FromMilliseconds(250), options: options, scheduler: scheduler);

    protected override IObservable<AlertTransition> Plain(IObservable<Item> source, AlertOptions? options, IScheduler scheduler) =>
        source.AlertOnZScore(x => x.Value, 1, 1, 10, 5, holdFor: TimeSpan.FromMilliseconds(150), keepFiringFor: TimeSpan.FromMilliseconds(250), options: options, scheduler: scheduler);

    protected override void OwnArgumentChecking()
    {
        var source = Observable.Empty<double>();
        Assert.Throws<ArgumentNullException>("keySelector", () => source.AlertOnZScorePerKey((Func<double, int>)null!, x => x, 3, 1));
        Assert.Throws<ArgumentNullException>("selector", () => source.AlertOnZScorePerKey(x => x, null!, 3, 1));
        Assert.Throws<ArgumentOutOfRangeException>("limit", () => source.AlertOnZScorePerKey(x => x, x => x, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>("warmUp", () => source.AlertOnZScorePerKey(x => x, x => x, 1, 1, 10, 11));
    }
}
