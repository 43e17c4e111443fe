using ReactiveLink.Metrics.Alerts;

namespace ReactiveLink.Metrics.Tests.Alerts;

/// <summary>Slopes are per second, so the items come by whole seconds.</summary>
public sealed class AlertTrendTests
{
    [Fact]
    public void Two_values_are_judged_by_their_difference()
    {
        // 5 per second is not above 5; 6 is; then the first leaves and the last two make 0.
        var changes = Of(AlertCondition.RateOfChange(5, TimeSpan.FromSeconds(3)), (1, 0), (3, 10), (5, 22), (7, 22));

        Assert.Equal([(AlertState.Firing, 5.0, 6.0), (AlertState.Resolved, 7.0, 0.0)], changes.Select(c => (c.To, At(c), Math.Round(c.Value, 9))));
    }

    [Fact]
    public void A_negative_limit_is_for_a_fall()
    {
        var changes = Of(AlertCondition.RateOfChange(-5, TimeSpan.FromSeconds(1)), (1, 0), (2, 100), (3, 50), (4, 49));

        Assert.Equal([(AlertState.Firing, 3.0), (AlertState.Resolved, 4.0)], changes.Select(c => (c.To, At(c))));
    }

    [Fact]
    public void Nothing_is_judged_before_half_of_the_time_is_spanned()
    {
        var changes = Of(AlertCondition.RateOfChange(5, TimeSpan.FromSeconds(8)), (1, 0), (2, 100), (5, 100), (6, 1000));

        Assert.Equal(5, At(Assert.Single(changes)));
    }

    [Fact]
    public void The_slope_is_that_of_the_values_in_the_window()
    {
        var random = new Random(3);
        CompareSlopes([.. Enumerable.Range(1, 3000).Select(i => 1e9 + (i * random.NextDouble()))]);
    }

    [Fact]
    public void A_slope_is_not_blurred_by_what_has_left_the_window()
    {
        var random = new Random(3);
        CompareSlopes([.. Enumerable.Range(1, 3000).Select(i => i % 500 == 0 ? 1e12 : random.NextDouble())]);
    }

    [Fact]
    public void Values_that_overflow_are_forgotten_with_their_time()
    {
        var line = new SlidingLine(TimeSpan.FromSeconds(10));
        for (var second = 0; second < 100; second++)
        {
            line.Add(TimeSpan.FromSeconds(second).Ticks, second < 20 ? (second % 2 == 0 ? 1 : -1) * double.MaxValue : second);
        }

        Assert.True(line.IsJudged);
        Assert.Equal(1, line.Slope, 1e-9);
    }

    [Fact]
    public void A_crossing_is_told_when_the_line_reaches_the_threshold_within_the_horizon_and_stays_when_it_comes_true()
    {
        // Rises by 1 a second from 0; 100 is 30 seconds away at 70, reached at 100, and passed; at 111 it has fallen far.
        var condition = AlertCondition.PredictedCrossing(100, AlertDirection.Rising, horizon: TimeSpan.FromSeconds(30), over: TimeSpan.FromSeconds(10));
        var changes = Of(condition, [.. Enumerable.Range(1, 110).Select(i => ((double)i, (double)i)), (111, -1000)]);

        Assert.Equal([(AlertState.Firing, 70.0), (AlertState.Resolved, 111.0)], changes.Select(c => (c.To, At(c))));
        Assert.Equal(100, changes[0].Value, 1e-9);
    }

    [Fact]
    public void A_battery_is_told_of_before_it_is_empty_and_resolved_when_it_is_charged()
    {
        // From 100 % by 1 a second; 20 % is 15 seconds away at 65; charged from 66 on.
        var condition = AlertCondition.PredictedCrossing(20, AlertDirection.Falling, horizon: TimeSpan.FromSeconds(15), over: TimeSpan.FromSeconds(4));
        var changes = Of(condition, [.. Enumerable.Range(1, 65).Select(i => ((double)i, 100.0 - i)), (66, 60), (67, 80)]);

        Assert.Equal([(AlertState.Firing, 65.0), (AlertState.Resolved, 66.0)], changes.Select(c => (c.To, At(c))));
    }

    private static List<AlertTransition> Of(AlertCondition condition, params (double At, double Value)[] items) =>
        AlertTimeline.Of([.. items.Select(item => (TimeSpan.FromSeconds(item.At).Ticks, item.Value))])
            .Run(t => t.Source.AlertWhen(x => x, condition, scheduler: t.Scheduler), long.MaxValue).Transitions;

    private static double At(AlertTransition change) => TimeSpan.FromTicks(change.At.Ticks).TotalSeconds;

    /// <summary>Against the formula, with a value a second and lines over 256 seconds.</summary>
    private static void CompareSlopes(double[] values)
    {
        var items = values.Select((value, i) => (At: i + 1.0, Value: value)).ToArray();
        var line = new SlidingLine(TimeSpan.FromSeconds(256));
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
}
