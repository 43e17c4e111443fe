using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace ReactiveLink.Metrics.Tests.Alerts;

/// <summary>Slopes are per second, so the items come by whole seconds.</summary>
public sealed class AlertOnRateOfChangeTests : AlertOperatorCases
{
    [Fact]
    public void Two_values_are_judged_by_their_difference()
    {
        // 5 per second is not above 5; 6 is; then the first leaves and the last two make 0.
        var timeline = Seconds((1, 0), (3, 10), (5, 22), (7, 22)).Run(t => t.Source.AlertOnRateOfChange(x => x, 5, TimeSpan.FromSeconds(3), scheduler: t.Scheduler), long.MaxValue);

        Assert.Equal([(AlertState.Firing, 5.0, 6.0), (AlertState.Resolved, 7.0, 0.0)], timeline.Transitions.Select(c => (c.To, At(c), Math.Round(c.Value, 9))));
    }

    [Fact]
    public void A_negative_limit_is_for_a_fall()
    {
        var timeline = Seconds((1, 0), (2, 100), (3, 50), (4, 49)).Run(t => t.Source.AlertOnRateOfChange(x => x, -5, TimeSpan.FromSeconds(1), scheduler: t.Scheduler), long.MaxValue);

        Assert.Equal([(AlertState.Firing, 3.0), (AlertState.Resolved, 4.0)], timeline.Transitions.Select(c => (c.To, At(c))));
    }

    [Fact]
    public void Nothing_is_judged_before_half_of_the_time_is_spanned()
    {
        var timeline = Seconds((1, 0), (2, 100), (5, 100), (6, 1000)).Run(t => t.Source.AlertOnRateOfChange(x => x, 5, TimeSpan.FromSeconds(8), scheduler: t.Scheduler), long.MaxValue);

        Assert.Equal(5, At(Assert.Single(timeline.Transitions)));
    }

    [Fact]
    public void The_slope_is_that_of_the_values_in_the_window()
    {
        var random = new Random(3);
        var items = Enumerable.Range(1, 3000).Select(i => (At: (double)i, Value: 1e9 + (i * random.NextDouble()))).ToArray();
        var line = new ReactiveLink.Metrics.Alerts.SlidingLine(TimeSpan.FromSeconds(256));
        for (var n = 0; n < items.Length; n++)
        {
            line.Add(TimeSpan.FromSeconds(items[n].At).Ticks, items[n].Value);

            // Cells of two seconds: the window reaches to the start of the cell in which its own start lies.
            var kept = items[..(n + 1)].Where(item => Math.Floor((item.At / 2) + 1) * 2 > items[n].At - 256).ToArray();
            var meanX = kept.Average(item => item.At);
            var meanY = kept.Average(item => item.Value);
            var slope = kept.Sum(item => (item.At - meanX) * (item.Value - meanY)) / kept.Sum(item => (item.At - meanX) * (item.At - meanX));
            if (n > 0)
            {
                Assert.Equal(slope, line.Slope, 1e-6 * Math.Max(1, Math.Abs(slope)));
            }
        }
    }

    [Fact]
    public void Values_that_overflow_are_forgotten_with_their_time()
    {
        var line = new ReactiveLink.Metrics.Alerts.SlidingLine(TimeSpan.FromSeconds(10));
        for (var second = 0; second < 100; second++)
        {
            line.Add(TimeSpan.FromSeconds(second).Ticks, second < 20 ? (second % 2 == 0 ? 1 : -1) * double.MaxValue : second);
        }

        Assert.True(line.IsJudged);
        Assert.Equal(1, line.Slope, 1e-9);
    }

    protected override IObservable<AlertTransition> Apply(
        IObservable<double> source, Func<double, double> selector, AlertOptions? options, IScheduler? scheduler) =>
        source.AlertOnRateOfChange(selector, 5, TimeSpan.FromSeconds(1), options: options, scheduler: scheduler);

    protected override void OwnArgumentChecking()
    {
        var source = Observable.Empty<double>();
        Assert.Throws<ArgumentNullException>("selector", () => source.AlertOnRateOfChange(null!, 1, Ticks(1)));
        Assert.Throws<ArgumentOutOfRangeException>("perSecond", () => source.AlertOnRateOfChange(x => x, 0, Ticks(1)));
        Assert.Throws<ArgumentOutOfRangeException>("perSecond", () => source.AlertOnRateOfChange(x => x, double.NaN, Ticks(1)));
        Assert.Throws<ArgumentOutOfRangeException>("over", () => source.AlertOnRateOfChange(x => x, 1, TimeSpan.Zero));
    }

    internal static AlertTimeline Seconds(params (double At, double Value)[] items) =>
        AlertTimeline.Of([.. items.Select(item => (TimeSpan.FromSeconds(item.At).Ticks, item.Value))]);

    internal static double At(AlertTransition change) => TimeSpan.FromTicks(change.At.Ticks).TotalSeconds;
}

public sealed class AlertOnPredictedRiseTests : AlertOperatorCases
{
    [Fact]
    public void Fires_when_the_line_reaches_the_threshold_within_the_horizon_and_stays_when_it_comes_true()
    {
        // Rises by 1 a second from 0; 100 is 30 seconds away at 70, reached at 100, and passed; at 111 it has fallen far.
        var items = Enumerable.Range(1, 110).Select(i => ((double)i, (double)i)).Append((111, -1000)).ToArray();
        var timeline = AlertOnRateOfChangeTests.Seconds(items).Run(
            t => t.Source.AlertOnPredictedRise(x => x, 100, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10), scheduler: t.Scheduler), long.MaxValue);

        Assert.Equal([(AlertState.Firing, 70.0), (AlertState.Resolved, 111.0)], timeline.Transitions.Select(c => (c.To, AlertOnRateOfChangeTests.At(c))));
        Assert.Equal(100, timeline.Transitions[0].Value, 1e-9);
    }

    protected override IObservable<AlertTransition> Apply(
        IObservable<double> source, Func<double, double> selector, AlertOptions? options, IScheduler? scheduler) =>
        source.AlertOnPredictedRise(selector, 100, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), options: options, scheduler: scheduler);

    protected override void OwnArgumentChecking()
    {
        var source = Observable.Empty<double>();
        Assert.Throws<ArgumentNullException>("selector", () => source.AlertOnPredictedRise(null!, 1, Ticks(1), Ticks(1)));
        Assert.Throws<ArgumentOutOfRangeException>("threshold", () => source.AlertOnPredictedRise(x => x, double.NaN, Ticks(1), Ticks(1)));
        Assert.Throws<ArgumentOutOfRangeException>("horizon", () => source.AlertOnPredictedRise(x => x, 1, Ticks(-1), Ticks(1)));
        Assert.Throws<ArgumentOutOfRangeException>("over", () => source.AlertOnPredictedRise(x => x, 1, Ticks(1), TimeSpan.Zero));
    }
}

public sealed class AlertOnPredictedFallTests : AlertOperatorCases
{
    [Fact]
    public void Fires_before_the_battery_is_empty_and_is_resolved_when_it_is_charged()
    {
        // From 100 % by 1 a second; 20 % is 15 seconds away at 65; charged from 66 on.
        var items = Enumerable.Range(1, 65).Select(i => ((double)i, 100.0 - i)).Concat([(66.0, 60.0), (67.0, 80.0)]).ToArray();
        var timeline = AlertOnRateOfChangeTests.Seconds(items).Run(
            t => t.Source.AlertOnPredictedFall(x => x, 20, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(4), scheduler: t.Scheduler), long.MaxValue);

        Assert.Equal([(AlertState.Firing, 65.0), (AlertState.Resolved, 66.0)], timeline.Transitions.Select(c => (c.To, AlertOnRateOfChangeTests.At(c))));
    }

    protected override IObservable<AlertTransition> Apply(
        IObservable<double> source, Func<double, double> selector, AlertOptions? options, IScheduler? scheduler) =>
        source.AlertOnPredictedFall(selector, -100, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), options: options, scheduler: scheduler);

    protected override void OwnArgumentChecking()
    {
        var source = Observable.Empty<double>();
        Assert.Throws<ArgumentNullException>("selector", () => source.AlertOnPredictedFall(null!, 1, Ticks(1), Ticks(1)));
        Assert.Throws<ArgumentOutOfRangeException>("over", () => source.AlertOnPredictedFall(x => x, 1, Ticks(1), TimeSpan.Zero));
    }
}
