using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Registry;

/// <summary>The registry's alert subscriptions fire.</summary>
public sealed class MetricRegistryAlertTests
{
    private readonly TestScheduler _scheduler = new();

    [Fact]
    public void A_rule_over_a_metric_reaches_every_subscriber_and_no_more_after_it_is_removed()
    {
        using var registry = new MetricRegistry(new MetricRegistryOptions { Scheduler = _scheduler });
        var gauge = registry.GetOrAddGauge("roll");
        var first = new List<AlertState>();
        var second = new List<AlertState>();
        using var one = registry.Alerts.Subscribe(alert => first.Add(alert.To));
        using var two = registry.Alerts.Subscribe(alert => second.Add(alert.To));
        var rule = registry.AddAlert(gauge.Samples.AlertWhen(sample => sample.Value > 30, scheduler: _scheduler));

        gauge.Set(31);
        gauge.Set(10);
        rule.Dispose();
        gauge.Set(40);

        Assert.Equal([AlertState.Firing, AlertState.Resolved], first);
        Assert.Equal(first, second);
        Assert.Equal(0, registry.AlertRules);
    }

    [Fact]
    public void A_rule_over_summaries_fires_on_the_scheduler()
    {
        using var registry = new MetricRegistry(new MetricRegistryOptions { Scheduler = _scheduler });
        var gauge = registry.GetOrAddGauge("roll");
        var states = new List<AlertState>();
        using var alerts = registry.Alerts.Subscribe(alert => states.Add(alert.To));
        using var rule = registry.AddAlert(
            gauge.Summaries(TimeSpan.FromSeconds(1), window: TimeSpan.FromSeconds(60)).AlertWhen(summary => summary.Max > 30, holdFor: TimeSpan.FromSeconds(2), scheduler: _scheduler));

        gauge.Set(31);
        _scheduler.AdvanceBy(TimeSpan.FromSeconds(5).Ticks);

        Assert.Equal([AlertState.Pending, AlertState.Firing], states);
    }

    [Fact]
    public void A_rule_that_fails_is_removed_and_told_and_the_others_go_on()
    {
        using var registry = new MetricRegistry(new MetricRegistryOptions { Scheduler = _scheduler });
        var gauge = registry.GetOrAddGauge("roll");
        var errors = new List<Exception>();
        var states = new List<AlertState>();
        using var failures = registry.Errors.Subscribe(errors.Add);
        using var alerts = registry.Alerts.Subscribe(alert => states.Add(alert.To));
        using var bad = registry.AddAlert(Observable.Throw<AlertTransition>(new InvalidOperationException("mine")));
        using var good = registry.AddAlert(gauge.Samples.AlertWhen(sample => sample.Value > 30, scheduler: _scheduler));

        gauge.Set(31);

        Assert.Equal("mine", Assert.Single(errors).Message);
        Assert.Equal([AlertState.Firing], states);
        Assert.Equal(1, registry.AlertRules);
    }

    [Fact]
    public void A_subscriber_that_throws_loses_its_own_subscription()
    {
        using var registry = new MetricRegistry(new MetricRegistryOptions { Scheduler = _scheduler });
        var gauge = registry.GetOrAddGauge("roll");
        var states = new List<AlertState>();
        using var broken = registry.Alerts.Subscribe(_ => throw new InvalidOperationException("subscriber"));
        using var alerts = registry.Alerts.Subscribe(alert => states.Add(alert.To));
        using var rule = registry.AddAlert(gauge.Samples.AlertWhen(sample => sample.Value > 30, scheduler: _scheduler));

        gauge.Set(31);
        gauge.Set(1);

        Assert.Equal([AlertState.Firing, AlertState.Resolved], states);
    }

    [Fact]
    public void Rules_are_bounded_and_end_with_the_registry()
    {
        var registry = new MetricRegistry(new MetricRegistryOptions { Scheduler = _scheduler, MaximumAlertRules = 1 });
        using var source = new Subject<AlertTransition>();
        var completed = false;
        using var alerts = registry.Alerts.Subscribe(_ => { }, () => completed = true);
        registry.AddAlert(source);

        Assert.Throws<InvalidOperationException>(() => registry.AddAlert(source));
        registry.Dispose();

        Assert.True(completed);
        Assert.False(source.HasObservers);
        Assert.Throws<ObjectDisposedException>(() => registry.AddAlert(source));
    }
}
