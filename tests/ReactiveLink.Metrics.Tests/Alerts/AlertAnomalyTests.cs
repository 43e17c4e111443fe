using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace ReactiveLink.Metrics.Tests.Alerts;

public sealed class AlertOutsideBandTests : AlertOperatorCases
{
    [Fact]
    public void Is_the_formula_of_the_documentation()
    {
        // Smoothing 0.5, width 2, warm-up 2. 10, 12: m = 11, v = 0.5(0 + 0.5*4) = 1, band 2: 13 is inside: d = 2, m = 12, v = 0.5(1 + 2) = 1.5, band 2.449.
        // 14.5 is outside by 2.5. Learned as 2.449: m = 13.2247, v = 0.5(1.5 + 3) = 2.25, band 3. 16.2 is inside by 2.975; had 14.5 been learned whole, too.
        AlertTimeline.Of((210, 10), (220, 12), (230, 13), (240, 14.5), (250, 16.2)).Run(
            t => t.Source.AlertOutsideBand(x => x, 2, 0.1, smoothing: 0.5, warmUp: 2, scheduler: t.Scheduler)).Gives(
            OnNext(240, "Inactive>Firing ConditionMet 240@240"), OnNext(250, "Firing>Resolved ConditionCleared 240@250"));
    }

    [Fact]
    public void A_constant_value_has_the_minimum_band() =>
        AlertTimeline.Of((210, 5), (220, 5), (230, 5), (240, 5.9), (250, 5), (260, 7)).Run(
            t => t.Source.AlertOutsideBand(x => x, 3, 1, smoothing: 0.1, warmUp: 3, scheduler: t.Scheduler)).Gives(
            OnNext(260, "Inactive>Firing ConditionMet 260@260"));

    [Fact]
    public void A_new_level_is_learned_in_time_but_one_outlier_does_not_hide_the_next()
    {
        var values = Enumerable.Repeat(0.0, 10).Append(1000).Append(0).Append(1000).Concat(Enumerable.Repeat(1000.0, 200)).ToArray();
        var timeline = AlertTimeline.Of([.. values.Select((value, i) => (210L + i, value))]).Run(
            t => t.Source.AlertOutsideBand(x => x, 3, 1, warmUp: 5, scheduler: t.Scheduler));

        Assert.Equal([AlertState.Firing, AlertState.Resolved, AlertState.Firing, AlertState.Resolved], timeline.Transitions.Select(change => change.To));
        Assert.Equal([220, 221, 222], timeline.Transitions.Take(3).Select(change => change.At.Ticks));
    }

    [Fact]
    public void Values_that_overflow_do_not_blind_it()
    {
        var values = Enumerable.Repeat(1e300, 3).Append(-1e300).Concat(Enumerable.Repeat(1.0, 50)).Append(100).ToArray();
        var timeline = AlertTimeline.Of([.. values.Select((value, i) => (210L + i, value))]).Run(
            t => t.Source.AlertOutsideBand(x => x, 3, 1, smoothing: 0.5, warmUp: 5, scheduler: t.Scheduler));

        Assert.Equal(210 + values.Length - 1, timeline.Transitions[^1].At.Ticks);
        Assert.Equal(AlertState.Firing, timeline.Transitions[^1].To);
    }

    [Fact]
    public void What_is_not_finite_is_refused()
    {
        var timeline = AlertTimeline.Of((210, double.NaN), (220, double.PositiveInfinity)).Run(
            t => t.Source.AlertOutsideBand(x => x, 3, 1, options: t.Options, scheduler: t.Scheduler)).Gives();

        Assert.Equal(2, timeline.Refused.Last().Total);
    }

    protected override IObservable<AlertTransition> Apply(
        IObservable<double> source, Func<double, double> selector, AlertOptions? options, IScheduler? scheduler) =>
        source.AlertOutsideBand(selector, 3, 1, options: options, scheduler: scheduler);

    protected override void OwnArgumentChecking()
    {
        var source = Observable.Empty<double>();
        Assert.Throws<ArgumentNullException>("selector", () => source.AlertOutsideBand(null!, 3, 1));
        Assert.Throws<ArgumentOutOfRangeException>("width", () => source.AlertOutsideBand(x => x, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>("minimumBand", () => source.AlertOutsideBand(x => x, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>("smoothing", () => source.AlertOutsideBand(x => x, 1, 1, 1.1));
        Assert.Throws<ArgumentOutOfRangeException>("warmUp", () => source.AlertOutsideBand(x => x, 1, 1, warmUp: 0));
    }
}

public sealed class AlertOnZScoreTests : AlertOperatorCases
{
    [Fact]
    public void Is_the_formula_of_the_documentation()
    {
        // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, sample deviation √(32/7) = 2.138. 11 scores 2.806.
        var timeline = AlertTimeline.Of((210, 2), (220, 4), (230, 4), (240, 4), (250, 5), (260, 5), (270, 7), (280, 9), (290, 11), (300, 5)).Run(
            t => t.Source.AlertOnZScore(x => x, 2.8, 0.1, window: 8, warmUp: 8, scheduler: t.Scheduler)).Gives(
            OnNext(290, "Inactive>Firing ConditionMet 290@290"), OnNext(300, "Firing>Resolved ConditionCleared 290@300"));

        Assert.Equal(6 / Math.Sqrt(32 / 7.0), timeline.Transitions[0].Value, 1e-12);
    }

    [Fact]
    public void A_constant_value_has_the_minimum_deviation() =>
        AlertTimeline.Of((210, 5), (220, 5), (230, 5.2), (240, 9)).Run(t => t.Source.AlertOnZScore(x => x, 3, 0.1, warmUp: 2, scheduler: t.Scheduler)).Gives(
            OnNext(240, "Inactive>Firing ConditionMet 240@240"));

    [Fact]
    public void The_score_is_that_of_the_window_before_it()
    {
        var random = new Random(5);
        var values = Enumerable.Range(0, 2000).Select(_ => 1e8 + random.NextDouble()).ToArray();
        var condition = new ReactiveLink.Metrics.Alerts.ScoreCondition<double>(x => x, 1, 50, 2, 1e-9);
        for (var n = 0; n < values.Length; n++)
        {
            var reading = condition.Read(values[n], n);
            if (n >= 2)
            {
                var before = values[Math.Max(0, n - 50)..n];
                var mean = before.Average();
                var deviation = Math.Sqrt(before.Sum(x => (x - mean) * (x - mean)) / (before.Length - 1));
                Assert.Equal((values[n] - mean) / deviation, reading.Value, 1e-4 * Math.Max(1, Math.Abs(reading.Value)));
            }
        }
    }

    [Fact]
    public void Values_that_overflow_do_not_blind_it()
    {
        double[] values = [1e300, -1e300, 1e300, .. Enumerable.Range(0, 50).Select(i => i % 2 + 0.5), 100];
        var timeline = AlertTimeline.Of([.. values.Select((value, i) => (210L + i, value))]).Run(
            t => t.Source.AlertOnZScore(x => x, 3, 1, window: 10, warmUp: 5, scheduler: t.Scheduler));

        Assert.Equal(210 + values.Length - 1, timeline.Transitions[^1].At.Ticks);
        Assert.Equal(AlertState.Firing, timeline.Transitions[^1].To);
    }

    protected override IObservable<AlertTransition> Apply(
        IObservable<double> source, Func<double, double> selector, AlertOptions? options, IScheduler? scheduler) =>
        source.AlertOnZScore(selector, 3, 1, options: options, scheduler: scheduler);

    protected override void OwnArgumentChecking()
    {
        var source = Observable.Empty<double>();
        Assert.Throws<ArgumentNullException>("selector", () => source.AlertOnZScore(null!, 3, 1));
        Assert.Throws<ArgumentOutOfRangeException>("limit", () => source.AlertOnZScore(x => x, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>("minimumDeviation", () => source.AlertOnZScore(x => x, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>("window", () => source.AlertOnZScore(x => x, 1, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>("warmUp", () => source.AlertOnZScore(x => x, 1, 1, 10, 11));
    }
}
