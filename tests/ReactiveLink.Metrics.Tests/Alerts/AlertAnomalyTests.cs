using Microsoft.Reactive.Testing;
using ReactiveLink.Metrics.Alerts;

namespace ReactiveLink.Metrics.Tests.Alerts;

public sealed class AlertAnomalyTests : ReactiveTest
{
    public static TheoryData<AlertCondition, double[]> Overflows { get; } = new()
    {
        { AlertCondition.OutsideBand(3, 1, smoothing: 0.5, warmUp: 5), [1e300, 1e300, 1e300, -1e300, .. Enumerable.Repeat(1.0, 50), 100] },
        { AlertCondition.ZScore(3, 1, window: 10, warmUp: 5), [1e300, -1e300, 1e300, .. Enumerable.Range(0, 50).Select(i => i % 2 + 0.5), 100] },
    };

    [Fact]
    public void The_band_is_the_formula_of_the_documentation()
    {
        // Smoothing 0.5, width 2, warm-up 2. 10, 12: m = 11, v = 0.5(0 + 0.5*4) = 1, band 2: 13 is inside: d = 2, m = 12, v = 0.5(1 + 2) = 1.5, band 2.449.
        // 14.5 is outside by 2.5. Learned as 2.449: m = 13.2247, v = 0.5(1.5 + 3) = 2.25, band 3. 16.2 is inside by 2.975; had 14.5 been learned whole, too.
        Of(AlertCondition.OutsideBand(2, 0.1, smoothing: 0.5, warmUp: 2), 10, 12, 13, 14.5, 16.2).Gives(
            OnNext(213, "Inactive>Firing ConditionMet 213@213"), OnNext(214, "Firing>Resolved ConditionCleared 213@214"));
    }

    [Fact]
    public void A_constant_value_has_the_minimum_band() => Of(AlertCondition.OutsideBand(3, 1, smoothing: 0.1, warmUp: 3), 5, 5, 5, 5.9, 5, 7).Gives(
        OnNext(215, "Inactive>Firing ConditionMet 215@215"));

    [Fact]
    public void A_new_level_is_learned_in_time_but_one_outlier_does_not_hide_the_next()
    {
        var timeline = Of(AlertCondition.OutsideBand(3, 1, warmUp: 5), [.. Enumerable.Repeat(0.0, 10), 1000, 0, 1000, .. Enumerable.Repeat(1000.0, 200)]);

        Assert.Equal([AlertState.Firing, AlertState.Resolved, AlertState.Firing, AlertState.Resolved], timeline.Transitions.Select(change => change.To));
        Assert.Equal([220, 221, 222], timeline.Transitions.Take(3).Select(change => change.At.Ticks));
    }

    [Fact]
    public void The_score_is_the_formula_of_the_documentation()
    {
        // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, sample deviation √(32/7) = 2.138. 11 scores 2.806.
        var timeline = Of(AlertCondition.ZScore(2.8, 0.1, window: 8, warmUp: 8), 2, 4, 4, 4, 5, 5, 7, 9, 11, 5).Gives(
            OnNext(218, "Inactive>Firing ConditionMet 218@218"), OnNext(219, "Firing>Resolved ConditionCleared 218@219"));

        Assert.Equal(6 / Math.Sqrt(32 / 7.0), timeline.Transitions[0].Value, 1e-12);
    }

    [Fact]
    public void A_constant_value_has_the_minimum_deviation() =>
        Of(AlertCondition.ZScore(3, 0.1, warmUp: 2), 5, 5, 5.2, 9).Gives(OnNext(213, "Inactive>Firing ConditionMet 213@213"));

    [Fact]
    public void The_score_is_that_of_the_window_before_it()
    {
        var random = new Random(5);
        CompareScores([.. Enumerable.Range(0, 2000).Select(_ => 1e8 + random.NextDouble())]);
    }

    [Fact]
    public void A_score_is_not_blurred_by_what_has_left_the_window()
    {
        var random = new Random(5);
        CompareScores([.. Enumerable.Range(0, 2000).Select(i => i % 173 == 0 ? 1e12 * random.NextDouble() : random.NextDouble())]);
    }

    [Fact]
    public void A_score_without_end_is_beyond_the_limit() =>
        Of(AlertCondition.ZScore(3, 1e-300, warmUp: 2), 5, 5, 1e300, 5).Gives(OnNext(212, "Inactive>Firing ConditionMet 212@212"));

    [Theory]
    [MemberData(nameof(Overflows))]
    public void Values_that_overflow_do_not_blind_it(AlertCondition condition, double[] values)
    {
        var timeline = Of(condition, values);

        Assert.Equal(210 + values.Length - 1, timeline.Transitions[^1].At.Ticks);
        Assert.Equal(AlertState.Firing, timeline.Transitions[^1].To);
    }

    /// <summary>One value a tick, from 210 on.</summary>
    private static AlertTimeline Of(AlertCondition condition, params double[] values) =>
        AlertTimeline.Of([.. values.Select((value, i) => (210L + i, value))]).Run(t => t.Source.AlertWhen(x => x, condition, scheduler: t.Scheduler));

    /// <summary>Against the formula, over windows of 50.</summary>
    private static void CompareScores(double[] values)
    {
        var judge = new ScoreJudge(1, 1e-9, 50, 2);
        for (var n = 0; n < values.Length; n++)
        {
            var reading = judge.Judge(values[n], n);
            if (n >= 2)
            {
                var before = values[Math.Max(0, n - 50)..n];
                var mean = before.Average();
                var deviation = Math.Sqrt(before.Sum(x => (x - mean) * (x - mean)) / (before.Length - 1));
                Assert.Equal((values[n] - mean) / deviation, reading.Value, 1e-4 * Math.Max(1, Math.Abs(reading.Value)));
            }
        }
    }
}
