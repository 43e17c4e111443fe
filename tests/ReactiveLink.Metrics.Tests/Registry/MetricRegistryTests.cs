using System.Reactive.Concurrency;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Registry;

public sealed class MetricRegistryTests : IDisposable
{
    private readonly TestScheduler _scheduler = new();
    private readonly MetricRegistry _registry;

    public MetricRegistryTests() => _registry = new MetricRegistry(new MetricRegistryOptions { Scheduler = _scheduler });

    public void Dispose() => _registry.Dispose();

    [Fact]
    public void Defaults_are_those_of_the_docs()
    {
        var options = new MetricRegistryOptions();
        Assert.Equal(1000, options.MaximumValues);
        Assert.Equal(TimeSpan.FromSeconds(300), options.Retention);
        Assert.Equal(100, options.MaximumMetrics);
        Assert.Equal(TimeSpan.FromSeconds(60), options.CleanUpInterval);
    }

    [Fact]
    public void All_option_errors_are_told_together()
    {
        var error = Assert.Throws<ArgumentException>(() => new MetricRegistry(new MetricRegistryOptions { MaximumValues = 0, Retention = TimeSpan.Zero, MaximumMetrics = 0, CleanUpInterval = TimeSpan.Zero, SubscriberCapacity = 0, RelativeAccuracy = 0, MaximumSketchBytes = 0, Scheduler = null! }));
        Assert.Equal(
            "The registry's options are not valid: MaximumValues must be from 1 to 1048576. Retention must be from 1 ms to 24 days. MaximumMetrics must be from 1 to 1048576. "
            + "CleanUpInterval must be from 10 ms to 24 days. SubscriberCapacity must be from 1 to 1048576. RelativeAccuracy must be from 0.0001 to 0.5. MaximumSketchBytes must be at least 1024. Scheduler is null: leave it out for the default. (Parameter 'options')",
            error.Message);
    }

    [Fact]
    public void Unknown_duplicate_and_excess_are_refused_and_counted()
    {
        Assert.False(_registry.Record("none", 1));
        Assert.True(_registry.Register(MetricType.Gauge, "g"));
        Assert.False(_registry.Register(MetricType.Counter, "g"));
        Assert.True(_registry.Register(MetricType.Gauge, "g", MetricTags.Of(("a", "b"))));
        for (var i = 2; i < 100; i++)
        {
            Assert.True(_registry.Register(MetricType.Counter, "c" + i));
        }

        Assert.False(_registry.Register(MetricType.Gauge, "one too many"));
        Assert.Contains("100 metrics, its limit", Assert.Throws<InvalidOperationException>(() => _registry.GetOrAddGauge("another")).Message, StringComparison.Ordinal);
        var statistics = _registry.GetStatistics();
        Assert.Equal(100, statistics.Metrics);
        Assert.Equal(1, statistics.RefusedUnknown);
        Assert.Equal(1, statistics.RefusedDuplicates);
        Assert.Equal(2, statistics.RefusedExcess);

        Assert.True(_registry.Unregister("g"));
        Assert.False(_registry.Unregister("g"));
        Assert.True(_registry.Register(MetricType.Gauge, "one too many"));
    }

    [Fact]
    public void Get_or_add_gives_the_same_metric_and_refuses_another_type()
    {
        var counter = _registry.GetOrAddCounter("c", MetricTags.Of(("a", "1"), ("b", "2")));

        Assert.Same(counter, _registry.GetOrAddCounter("c", MetricTags.Of(("b", "2"), ("a", "1"))));
        Assert.Equal("'c{a=1, b=2}' is registered as a Counter, not as a Gauge.", Assert.Throws<InvalidOperationException>(() => _registry.GetOrAddGauge("c", counter.Tags)).Message);
        Assert.True(_registry.TryGet("c", counter.Tags, out var found));
        Assert.Same(counter, found);
        Assert.False(_registry.TryGet("c", out _));
    }

    [Fact]
    public void Six_aggregations_over_any_window()
    {
        var gauge = _registry.GetOrAddGauge("g");
        for (var i = 1; i <= 100; i++)
        {
            _scheduler.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
            Assert.True(_registry.Record("g", i));
        }

        Assert.Equal(5050, gauge.Aggregate(Aggregation.Sum));
        Assert.Equal(50.5, gauge.Aggregate(Aggregation.Average));
        Assert.Equal(1, gauge.Aggregate(Aggregation.Min));
        Assert.Equal(100, gauge.Aggregate(Aggregation.Max));
        Assert.Equal(100, gauge.Aggregate(Aggregation.Count));
        Assert.InRange(gauge.Aggregate(Aggregation.Percentile), 95 * 0.99, 95 * 1.01);

        // A value exactly as old as the window is in: 91 to 100 and 90.
        var window = TimeSpan.FromSeconds(10);
        Assert.Equal(11, gauge.Aggregate(Aggregation.Count, window));
        Assert.Equal(Enumerable.Range(90, 11).Sum(), gauge.Aggregate(Aggregation.Sum, window));
        Assert.Equal(90, gauge.Aggregate(Aggregation.Min, window));
        Assert.Equal(95, gauge.Aggregate(Aggregation.Percentile, window, 50));
        var summary = gauge.GetSummary(window);
        Assert.Equal((11L, 90.0, 100.0, 95.0), (summary.Count, summary.First, summary.Last, summary.Mean));
        Assert.Equal((90.0, 100.0, 95.0, 100.0), (summary.Min, summary.Max, summary.P50, summary.P99));
        Assert.Equal(Math.Sqrt(10), summary.StandardDeviation, 12);
        Assert.Equal(104.5, summary.PerSecond);
    }

    [Fact]
    public void Windows_of_nothing_have_no_figures()
    {
        var gauge = _registry.GetOrAddGauge("g");
        Assert.Equal(0, gauge.Aggregate(Aggregation.Sum));
        Assert.Equal(0, gauge.Aggregate(Aggregation.Count));
        Assert.True(double.IsNaN(gauge.Aggregate(Aggregation.Average)));
        Assert.True(double.IsNaN(gauge.Aggregate(Aggregation.Min)));
        Assert.True(double.IsNaN(gauge.Aggregate(Aggregation.Max)));
        Assert.True(double.IsNaN(gauge.Aggregate(Aggregation.Percentile)));
        Assert.Throws<ArgumentOutOfRangeException>(() => gauge.Aggregate(Aggregation.Sum, TimeSpan.FromSeconds(301)));
        Assert.Throws<ArgumentOutOfRangeException>(() => gauge.Aggregate(Aggregation.Sum, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => gauge.Aggregate(Aggregation.Percentile, percentile: double.NaN));
    }

    [Fact]
    public void At_most_1000_values_are_held_and_the_rest_is_counted()
    {
        var gauge = _registry.GetOrAddGauge("g");
        for (var i = 0; i < 5000; i++)
        {
            gauge.Set(i);
        }

        Assert.Equal(1000, gauge.Aggregate(Aggregation.Count));
        Assert.Equal(4000, gauge.Aggregate(Aggregation.Min));
        var statistics = gauge.GetStatistics();
        Assert.Equal((5000L, 1000, 4000L, 4999.0), (statistics.Count, statistics.Held, statistics.Evicted, statistics.Value));
    }

    [Fact]
    public void Old_values_go_by_themselves_and_the_timer_ends_with_them()
    {
        var gauge = _registry.GetOrAddGauge("g");
        gauge.Set(1);
        Assert.True(_registry.Clock.IsArmed);

        _scheduler.Start();

        Assert.False(_registry.Clock.IsArmed);
        Assert.Equal(TimeSpan.FromSeconds(360).Ticks, _scheduler.Clock);
        var statistics = gauge.GetStatistics();
        Assert.Equal((0, 1L, 1L), (statistics.Held, statistics.Expired, statistics.Count));
        gauge.Set(2);
        Assert.True(_registry.Clock.IsArmed);
    }

    [Fact]
    public void Values_in_quick_succession_share_a_time_of_at_most_10_ms()
    {
        var counter = _registry.GetOrAddCounter("c");
        for (var i = 0; i < 1000; i++)
        {
            counter.Add();
        }

        // The fast tick makes the shared time void, then ends.
        _scheduler.AdvanceBy(TimeSpan.FromMilliseconds(100).Ticks);
        counter.Add(5);

        Assert.Equal(5, counter.Aggregate(Aggregation.Sum, TimeSpan.FromMilliseconds(50)));
        Assert.False(_registry.Clock.IsHurried);
    }

    [Fact]
    public void A_step_of_the_wall_clock_changes_no_window()
    {
        var scheduler = new SteppingScheduler();
        using var registry = new MetricRegistry(new MetricRegistryOptions { Scheduler = scheduler });
        var gauge = registry.GetOrAddGauge("g");
        gauge.Set(1);
        scheduler.Step = TimeSpan.FromDays(-400);
        gauge.Set(2);
        scheduler.Step = TimeSpan.FromDays(400);
        gauge.Set(3);

        Assert.Equal(3, gauge.Aggregate(Aggregation.Count));
        Assert.Equal(6, gauge.Aggregate(Aggregation.Sum, TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void Sums_of_windows_do_not_suffer_from_what_came_before()
    {
        var gauge = _registry.GetOrAddGauge("g");
        gauge.Set(1e30);
        gauge.Set(double.MaxValue);
        gauge.Set(double.MaxValue);
        _scheduler.AdvanceBy(TimeSpan.FromSeconds(10).Ticks);
        gauge.Set(0.1);
        gauge.Set(0.2);

        Assert.Equal(0.3, gauge.Aggregate(Aggregation.Sum, TimeSpan.FromSeconds(5)), 12);
    }

    [Fact]
    public void Reset_forgets_all()
    {
        var counter = _registry.GetOrAddCounter("c");
        counter.Add(5);
        counter.Add(double.NaN);
        counter.Reset();
        Assert.Equal(0, counter.Value);
        Assert.Equal(0, counter.Aggregate(Aggregation.Count));
        Assert.Equal(0, counter.GetStatistics().RefusedNotFinite);
        counter.Add(2);
        Assert.Equal(2, counter.Value);
        _registry.Record("?", 0);
        _registry.Reset();
        Assert.Equal(0, counter.Value);
        Assert.Equal(0, _registry.GetStatistics().RefusedUnknown);
    }

    [Fact]
    public void One_liners_use_the_default_registry()
    {
        var before = MetricRegistry.Default;
        try
        {
            MetricRegistry.Default = _registry;
            var gauge = _registry.GetOrAddGauge("g");
            Assert.True(Metric.Record("g", 4));
            Assert.Same(gauge, Metric.Get("g"));
            Assert.Equal(4, Metric.Get("g")!.Value);
            Assert.Null(Metric.Get("h"));
        }
        finally
        {
            MetricRegistry.Default = before;
        }
    }

    [Fact]
    public void Dispose_completes_every_stream_and_refuses_what_comes_after()
    {
        var gauge = _registry.GetOrAddGauge("g");
        var samples = _scheduler.CreateObserver<MetricSample>();
        var summaries = _scheduler.CreateObserver<WindowSummary>();
        gauge.Samples.Subscribe(samples);
        gauge.Summaries(TimeSpan.FromSeconds(1)).Subscribe(summaries);

        _registry.Dispose();
        _registry.Dispose();

        Assert.Single(samples.Messages);
        Assert.Single(summaries.Messages);
        Assert.True(gauge.Set(1));
        Assert.False(_registry.Register(MetricType.Gauge, "x"));
        Assert.Throws<ObjectDisposedException>(() => _registry.GetOrAddGauge("x"));
    }

    private sealed class SteppingScheduler : LocalScheduler
    {
        public TimeSpan Step { get; set; }

        public override DateTimeOffset Now => DateTimeOffset.UnixEpoch.AddYears(50) + Step;

        public override IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) =>
            System.Reactive.Disposables.Disposable.Empty;
    }
}
