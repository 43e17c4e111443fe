using System.Reactive.Linq;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Registry;

/// <summary>Windows of a metric against a plain recomputation, and the ticks that their subscribers miss.</summary>
public sealed class MetricWindowTests : IDisposable
{
    private readonly TestScheduler _scheduler = new();
    private readonly MetricRegistry _registry;

    public MetricWindowTests() => _registry = new MetricRegistry(new MetricRegistryOptions { Scheduler = _scheduler, Retention = TimeSpan.FromSeconds(100) });

    public void Dispose() => _registry.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_figure_of_any_window_equals_a_plain_recomputation(int seed)
    {
        var random = new Random(seed);
        var gauge = _registry.GetOrAddGauge("g");
        var all = new List<(long Ticks, double Value)>();

        // More lengths than have a running sketch, shorter and longer than the gaps, and a metric that holds fewer values than its retention brings.
        double[] lengths = [0.05, 0.5, 3, 20, 60, 100];
        for (var step = 0; step < 600; step++)
        {
            _scheduler.AdvanceBy((long)(random.NextDouble() * TimeSpan.TicksPerSecond * (step % 50 == 0 ? 40 : 0.2)));
            for (var i = random.Next(step % 7 == 0 ? 400 : 12); i > 0; i--)
            {
                var value = (random.Next(5) == 0 ? -1 : 1) * Math.Pow(10, (random.NextDouble() * 3) - 1);
                gauge.Set(value);
                all.Add((_scheduler.Clock, value));
            }

            var held = all.TakeLast(_registry.Options.MaximumValues).ToArray();
            var length = TimeSpan.FromSeconds(lengths[random.Next(lengths.Length)]);
            double[] window = [.. held.Where(item => item.Ticks >= _scheduler.Clock - length.Ticks).Select(item => item.Value)];
            Check(gauge, length, window);
        }
    }

    [Fact]
    public void Ticks_that_a_slow_subscriber_is_too_late_for_are_counted()
    {
        var gauge = _registry.GetOrAddGauge("g");
        var slow = true;
        var times = new List<double>();
        using var summaries = gauge.Summaries(TimeSpan.FromSeconds(1)).Subscribe(_ =>
        {
            times.Add(TimeSpan.FromTicks(_scheduler.Clock).TotalSeconds);
            if (slow)
            {
                slow = false;
                _scheduler.Sleep(TimeSpan.FromSeconds(3.5).Ticks);
            }
        });
        _scheduler.AdvanceTo(TimeSpan.FromSeconds(7).Ticks);

        // The tick of 2 s comes at 4.5 s; those of 3 and 4 s are past by then.
        Assert.Equal([1, 4.5, 5, 6, 7], times);
        Assert.Equal(2, gauge.GetStatistics().MissedSummaries);
        Assert.Equal(2, _registry.GetStatistics().MissedNotifications);
        gauge.Reset();
        Assert.Equal(0, gauge.GetStatistics().MissedSummaries);
    }

    private static void Check(Gauge gauge, TimeSpan length, double[] window)
    {
        var summary = gauge.GetSummary(length);
        Assert.Equal(window.Length, summary.Count);
        Assert.Equal(window.Length, gauge.Aggregate(Aggregation.Count, length));
        if (window.Length == 0)
        {
            Assert.True(double.IsNaN(summary.P50) && double.IsNaN(gauge.Aggregate(Aggregation.Percentile, length)));
            return;
        }

        var scale = window.Max(Math.Abs) * window.Length;
        Assert.Equal(window.Sum(), summary.Sum, 1e-12 * scale);
        Assert.Equal(window.Sum(), gauge.Aggregate(Aggregation.Sum, length), 1e-12 * scale);
        Assert.Equal((window.Min(), window.Max()), (summary.Min, summary.Max));
        Assert.Equal((window.Min(), window.Max()), (gauge.Aggregate(Aggregation.Min, length), gauge.Aggregate(Aggregation.Max, length)));
        Assert.Equal((window[0], window[^1]), (summary.First, summary.Last));
        double[] sorted = [.. window.Order()];
        foreach (var (percentile, told) in new[] { (50.0, summary.P50), (90, summary.P90), (99, summary.P99), (37, gauge.Aggregate(Aggregation.Percentile, length, 37)) })
        {
            var exact = sorted[Math.Max(1, (int)Math.Ceiling(percentile / 100 * sorted.Length * (1 - 4e-16))) - 1];
            Assert.True(Math.Abs(told - exact) <= (Math.Abs(exact) * 0.01) + 1e-12, $"P{percentile} of {sorted.Length}: {told}, not {exact}");
        }
    }
}
