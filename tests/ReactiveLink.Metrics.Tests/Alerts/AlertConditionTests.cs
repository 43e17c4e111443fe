namespace ReactiveLink.Metrics.Tests.Alerts;

public sealed class AlertConditionTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    public static TheoryData<string, Func<AlertCondition>> OutOfRange { get; } = new()
    {
        { "fireAbove", () => AlertCondition.Above(double.NaN, 0) },
        { "clearBelow", () => AlertCondition.Above(1, double.NegativeInfinity) },
        { "clearBelow", () => AlertCondition.Above(1, 2) },
        { "fireBelow", () => AlertCondition.Below(double.NaN, 0) },
        { "clearAbove", () => AlertCondition.Below(1, double.PositiveInfinity) },
        { "clearAbove", () => AlertCondition.Below(2, 1) },
        { "perSecond", () => AlertCondition.RateOfChange(0, Tick) },
        { "perSecond", () => AlertCondition.RateOfChange(double.NaN, Tick) },
        { "over", () => AlertCondition.RateOfChange(1, TimeSpan.Zero) },
        { "threshold", () => AlertCondition.PredictedCrossing(double.NaN, AlertDirection.Rising, Tick, Tick) },
        { "direction", () => AlertCondition.PredictedCrossing(1, (AlertDirection)2, Tick, Tick) },
        { "horizon", () => AlertCondition.PredictedCrossing(1, AlertDirection.Falling, -Tick, Tick) },
        { "over", () => AlertCondition.PredictedCrossing(1, AlertDirection.Falling, Tick, TimeSpan.Zero) },
        { "width", () => AlertCondition.OutsideBand(0, 1) },
        { "minimumBand", () => AlertCondition.OutsideBand(1, 0) },
        { "smoothing", () => AlertCondition.OutsideBand(1, 1, 0) },
        { "smoothing", () => AlertCondition.OutsideBand(1, 1, 1.1) },
        { "warmUp", () => AlertCondition.OutsideBand(1, 1, warmUp: 0) },
        { "limit", () => AlertCondition.ZScore(0, 1) },
        { "limit", () => AlertCondition.ZScore(double.PositiveInfinity, 1) },
        { "minimumDeviation", () => AlertCondition.ZScore(1, 0) },
        { "window", () => AlertCondition.ZScore(1, 1, 1) },
        { "window", () => AlertCondition.ZScore(1, 1, 65_537) },
        { "warmUp", () => AlertCondition.ZScore(1, 1, 10, 1) },
        { "warmUp", () => AlertCondition.ZScore(1, 1, 10, 11) },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void ArgumentChecking(string parameter, Func<AlertCondition> condition) => Assert.Throws<ArgumentOutOfRangeException>(parameter, condition);

    [Fact]
    public void A_rule_is_named_after_its_condition_by_default()
    {
        var condition = AlertCondition.PredictedCrossing(1, AlertDirection.Falling, Tick, Tick);
        var above = AlertCondition.Above(0, 0);

        Assert.Equal("PredictedCrossing", condition.ToString());
        Assert.Equal("Above", Assert.Single(AlertTimeline.Of((210, 1)).Run(t => t.Source.AlertWhen(x => x, above, scheduler: t.Scheduler)).Transitions).Rule);
    }

    [Fact]
    public void One_condition_serves_many_rules_each_with_a_state_of_its_own()
    {
        var above = AlertCondition.Above(30, 20);
        Assert.Single(AlertTimeline.Of((210, 31)).Run(t => t.Source.AlertWhen(x => x, above, scheduler: t.Scheduler)).Transitions);

        AlertTimeline.Of((210, 25)).Run(t => t.Source.AlertWhen(x => x, above, scheduler: t.Scheduler)).Gives();
    }

    [Theory]
    [InlineData("rate")]
    [InlineData("rise")]
    [InlineData("fall")]
    [InlineData("band")]
    [InlineData("z-score")]
    public void What_is_not_finite_is_refused(string condition)
    {
        var timeline = AlertTimeline.Of((210, double.NaN), (220, double.PositiveInfinity), (230, double.NegativeInfinity)).Run(
            t => AlertForms.Plain(condition, t.Source, x => x, options: t.Options, scheduler: t.Scheduler)).Gives();

        Assert.Equal([(AlertRefusalReason.NotFinite, 1L), (AlertRefusalReason.NotFinite, 2), (AlertRefusalReason.NotFinite, 3)], timeline.Refused.Select(r => (r.Reason, r.Total)));
    }
}
