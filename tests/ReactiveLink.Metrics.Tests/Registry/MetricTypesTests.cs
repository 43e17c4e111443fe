using System.Diagnostics;
using System.Reactive;
using System.Reactive.Linq;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Registry;

public sealed class MetricTypesTests : IDisposable
{
    private readonly TestScheduler _scheduler = new();
    private readonly MetricRegistry _registry;

    public MetricTypesTests() => _registry = new MetricRegistry(new MetricRegistryOptions { Scheduler = _scheduler });

    public void Dispose() => _registry.Dispose();

    [Fact]
    public void A_counter_only_grows()
    {
        var counter = _registry.GetOrAddCounter("c");
        Assert.True(counter.Add(2));
        Assert.True(counter.Add(0));
        Assert.False(counter.Add(-1));
        Assert.False(counter.Add(double.NaN));
        Assert.False(counter.Add(double.PositiveInfinity));
        Assert.Equal(2, counter.Value);
        var statistics = counter.GetStatistics();
        Assert.Equal((1L, 2L, 2L), (statistics.RefusedNegative, statistics.RefusedNotFinite, statistics.Count));
        Assert.Equal(3, _registry.GetStatistics().RefusedValues);
    }

    [Fact]
    public void A_counter_takes_readings_and_sees_resets()
    {
        var counter = _registry.GetOrAddCounter("c");
        foreach (var reading in (double[])[100, 110, 110, 4, 10])
        {
            Assert.True(counter.Observe(reading));
        }

        Assert.False(counter.Observe(-1));
        Assert.Equal(20, counter.Value);
        Assert.Equal(1, counter.GetStatistics().Resets);
    }

    [Theory]
    [InlineData(CounterWidth.Bits32, 4_294_967_290UL, 5UL, 11, 0)]
    [InlineData(CounterWidth.Bits64, 18_446_744_073_709_551_610UL, 5UL, 11, 0)]
    [InlineData(CounterWidth.Bits64, 4_294_967_290UL, 5UL, 5, 1)]
    [InlineData(CounterWidth.Bits32, 1000UL, 7UL, 7, 1)]
    [InlineData(CounterWidth.Bits32, 7UL, 1000UL, 993, 0)]
    [InlineData(CounterWidth.Bits32, 5UL, 4_294_967_301UL, 0, 0)]
    public void A_rate_tells_wraps_from_resets(CounterWidth width, ulong first, ulong second, double increment, long resets)
    {
        var rate = _registry.GetOrAddRate("r", width: width);
        rate.Observe(first);
        rate.Observe(second);
        Assert.Equal(increment, rate.Aggregate(Aggregation.Sum));
        Assert.Equal(resets, rate.GetStatistics().Resets);
    }

    [Fact]
    public void A_rate_is_per_second_of_its_window()
    {
        var rate = _registry.GetOrAddRate("r", window: TimeSpan.FromSeconds(10));
        Assert.Equal(0, rate.Value);
        _scheduler.AdvanceBy(TimeSpan.FromSeconds(4).Ticks);
        rate.Add(20);
        Assert.Equal(5, rate.Value);
        _scheduler.AdvanceBy(TimeSpan.FromSeconds(6).Ticks);
        Assert.Equal(2, rate.Value);
        _scheduler.AdvanceBy(TimeSpan.FromSeconds(5).Ticks);
        Assert.Equal(0, rate.Value);
    }

    [Fact]
    public void A_gauge_adds_and_sets()
    {
        var gauge = _registry.GetOrAddGauge("g");
        Assert.True(double.IsNaN(gauge.Value));
        gauge.Add(2);
        gauge.Add(-5);
        Assert.Equal(-3, gauge.Value);
        Assert.False(gauge.Set(double.NaN));
        Assert.False(gauge.Add(double.PositiveInfinity));
        Assert.Equal(-3, gauge.Value);
    }

    [Fact]
    public void A_histogram_counts_with_inclusive_bounds()
    {
        var histogram = _registry.GetOrAddHistogram("h", bounds: [1, 2, 4]);
        foreach (var value in (double[])[-5, 1, 1.5, 2, 4, 5, double.MaxValue, 0])
        {
            Assert.True(histogram.Record(value));
        }

        Assert.False(histogram.Record(double.NaN));
        Assert.False(histogram.Record(double.NegativeInfinity));
        Assert.Equal<long>([3, 2, 1, 2], histogram.GetSnapshot().Counts);
        Assert.Equal(8, histogram.GetSnapshot().Count);
        Assert.Equal(-5, histogram.GetSnapshot().Min);
    }

    [Fact]
    public void Bounds_are_checked()
    {
        Assert.Throws<ArgumentException>(() => _registry.GetOrAddHistogram("h", bounds: [1, 1]));
        Assert.Throws<ArgumentException>(() => _registry.GetOrAddHistogram("h", bounds: [double.NaN]));
        Assert.Throws<ArgumentException>(() => _registry.GetOrAddHistogram("h", bounds: [.. Enumerable.Range(0, 257).Select(i => (double)i)]));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(256)]
    public void Every_value_falls_into_the_bucket_of_the_first_bound_not_below_it(int count)
    {
        double[] bounds = [.. Enumerable.Range(0, count).Select(i => (double)i)];
        var histogram = _registry.GetOrAddHistogram("h", bounds: bounds);
        var expected = new long[count + 1];
        for (var value = -1.0; value <= count + 1; value += 0.25)
        {
            histogram.Record(value);
            expected[bounds.Count(bound => bound < value)]++;
        }

        Assert.Equal(expected, histogram.GetSnapshot().Counts);
    }

    [Fact]
    public void Quantiles_of_a_distribution_are_within_the_stated_error()
    {
        var random = new Random(7);
        double[][] sets =
        [
            [.. Enumerable.Range(0, 20_000).Select(_ => random.NextDouble())],
            [.. Enumerable.Range(0, 20_000).Select(_ => Math.Exp(10 * random.NextDouble()))],
            [.. Enumerable.Range(0, 20_000).Select(_ => (random.NextDouble() - 0.5) * 1000)],
            [0, 0, 0, -1e-3, 1e12, 5],
            [42],
        ];
        for (var i = 0; i < sets.Length; i++)
        {
            var histogram = _registry.GetOrAddHistogram("h" + i);
            foreach (var value in sets[i])
            {
                histogram.Record(value);
            }

            var sorted = sets[i].Order().ToArray();
            foreach (var q in (double[])[0, 0.01, 0.25, 0.5, 0.9, 0.99, 1])
            {
                var exact = sorted[Math.Max(0, (int)Math.Ceiling(q * sorted.Length) - 1)];
                Assert.True(Math.Abs(histogram.GetSnapshot().Quantile(q) - exact) <= Math.Abs(exact) * _registry.Options.RelativeAccuracy, $"set {i}, q {q}");
            }
        }

        Assert.True(double.IsNaN(_registry.GetOrAddHistogram("empty").GetSnapshot().Quantile(0.5)));
    }

    [Fact]
    public void A_timer_measures_by_the_schedulers_clock()
    {
        var timer = _registry.GetOrAddTimer("t");
        using (timer.Measure())
        {
            _scheduler.AdvanceBy(TimeSpan.FromMilliseconds(250).Ticks);
        }

        Assert.Equal(0.25, timer.Value);
        Assert.False(timer.Record(TimeSpan.FromSeconds(-1)));
        Assert.Equal("s", timer.Unit);
        Assert.Equal(1, timer.GetSnapshot().Count);
    }

    [Fact]
    public void Recording_allocates_nothing()
    {
        // In virtual time, so that no timer starts but the first.
        var counter = _registry.GetOrAddCounter("c");
        var gauge = _registry.GetOrAddGauge("g");
        var histogram = _registry.GetOrAddHistogram("h");
        var timer = _registry.GetOrAddTimer("t");
        var rate = _registry.GetOrAddRate("r");
        void Round(int count)
        {
            for (var i = 0; i < count; i++)
            {
                counter.Add();
                gauge.Set(i);
                gauge.Add(1);
                histogram.Record((i % 1000) - 500);
                timer.Record(TimeSpan.FromMilliseconds(3));
                rate.Add();
                _registry.Record("g", 3);
                using (timer.Measure())
                {
                    rate.Observe((ulong)i);
                }
            }
        }

        Round(5000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Round(100_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(105_000, counter.Value);
    }

    [Fact]
    public void Eight_threads_lose_nothing()
    {
        const int PerThread = 50_000;
        using var registry = new MetricRegistry();
        var counter = registry.GetOrAddCounter("c");
        var gauge = registry.GetOrAddGauge("g");
        var histogram = registry.GetOrAddHistogram("h");
        var done = 0;
        var threads = Enumerable.Range(0, 8).Select(number => new Thread(() =>
        {
            for (var i = 0; i < PerThread; i++)
            {
                counter.Add(2);
                gauge.Add(1);
                histogram.Record(number);
            }

            Interlocked.Increment(ref done);
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        double last = 0;
        var watch = Stopwatch.StartNew();
        while (Volatile.Read(ref done) < 8 && watch.Elapsed < TimeSpan.FromSeconds(30))
        {
            // Readers neither hinder nor see anything odd.
            var now = counter.Value;
            Assert.True(now >= last);
            last = now;
            var window = counter.GetSummary();
            Assert.True(window.Count <= 1000 && window.Sum == 2 * window.Count);
        }

        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(8.0 * PerThread * 2, counter.Value);
        Assert.Equal(8.0 * PerThread, gauge.Value);
        Assert.Equal(8L * PerThread, histogram.GetSnapshot().Count);
        Assert.Equal(28.0 * PerThread, histogram.GetSnapshot().Sum);
        var statistics = counter.GetStatistics();
        Assert.Equal(8L * PerThread, statistics.Held + statistics.Evicted + statistics.Expired);
    }

    [Fact]
    public void More_threads_than_places_lose_nothing()
    {
        var counter = new MetricRegistry().GetOrAddCounter("c");
        using var all = new Barrier(100);
        var threads = Enumerable.Range(0, 100).Select(_ => new Thread(() =>
        {
            all.SignalAndWait(TimeSpan.FromSeconds(30));
            for (var i = 0; i < 1000; i++)
            {
                counter.Add();
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Equal(100_000, counter.Value);
    }

    [Fact]
    public void Samples_reach_every_subscriber_and_one_that_throws_only_loses_itself()
    {
        var gauge = _registry.GetOrAddGauge("g");
        var observer = _scheduler.CreateObserver<double>();
        Exception? reported = null;
        using var errors = _registry.Errors.Subscribe(error => reported = error);
        gauge.Samples.Subscribe(_ => throw new InvalidOperationException("mine"));
        using var subscription = gauge.Samples.Select(sample => sample.Value).Subscribe(observer);
        gauge.Set(1);
        gauge.Set(2);
        gauge.Set(double.NaN);
        subscription.Dispose();
        gauge.Set(3);

        Assert.Equal([1, 2], observer.Messages.Select(message => message.Value.Value));
        Assert.Equal("mine", reported?.Message);
        Assert.Equal(1, _registry.GetStatistics().SubscriberFailures);
    }

    [Fact]
    public void A_subscriber_may_record_from_its_own_notification()
    {
        var gauge = _registry.GetOrAddGauge("g");
        var seen = new List<double>();
        gauge.Samples.Subscribe(sample =>
        {
            seen.Add(sample.Value);
            if (sample.Value < 3)
            {
                gauge.Set(sample.Value + 1);
                Assert.Equal(sample.Value, seen[^1]);
            }
        });
        gauge.Set(1);

        Assert.Equal([1, 2, 3], seen);
    }

    [Fact]
    public void Summaries_come_at_whole_multiples_and_end_with_the_metric()
    {
        var gauge = _registry.GetOrAddGauge("g");
        _scheduler.AdvanceBy(TimeSpan.FromMilliseconds(300).Ticks);
        var observer = _scheduler.CreateObserver<long>();
        gauge.Summaries(TimeSpan.FromSeconds(1)).Select(summary => summary.Count).Subscribe(observer);
        gauge.Set(1);
        _scheduler.AdvanceBy(TimeSpan.FromSeconds(2).Ticks);
        _registry.Unregister("g");
        _scheduler.AdvanceBy(TimeSpan.FromSeconds(2).Ticks);

        observer.Messages.AssertEqual(
            ReactiveTest.OnNext(TimeSpan.FromSeconds(1).Ticks, 1L),
            ReactiveTest.OnNext(TimeSpan.FromSeconds(2).Ticks, 0L),
            ReactiveTest.OnCompleted<long>(TimeSpan.FromSeconds(2.3).Ticks));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_scheduler_that_throws_is_the_error_of_the_summaries(int timers)
    {
        using var registry = new MetricRegistry(new MetricRegistryOptions { Scheduler = new UnrulyScheduler(_scheduler) { AllowedTimers = timers } });
        var observer = _scheduler.CreateObserver<WindowSummary>();
        using var summaries = registry.GetOrAddGauge("g").Summaries(TimeSpan.FromSeconds(1)).Subscribe(observer);
        _scheduler.AdvanceBy(TimeSpan.FromSeconds(5).Ticks);

        Assert.Equal(Enumerable.Repeat(NotificationKind.OnNext, Math.Max(0, timers - 1)).Append(NotificationKind.OnError), observer.Messages.Select(m => m.Value.Kind));
        Assert.IsType<ObjectDisposedException>(observer.Messages[^1].Value.Exception);
    }
}
