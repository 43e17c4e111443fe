using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Windows;

/// <summary>Delegates, sources, schedulers and spans that mean no good.</summary>
public sealed class WindowHostileTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly WindowOptions NoEmpty = new() { EmitEmpty = false };

    [Fact]
    public void A_selector_that_disposes_of_the_subscription_and_throws_throws_at_no_one()
    {
        using var source = new Subject<double>();
        var subscription = new SingleAssignmentDisposable();
        var told = new List<string>();
        subscription.Disposable = source.TumblingWindow<double>(
            _ =>
            {
                subscription.Dispose();
                throw new FormatException();
            },
            Second,
            scheduler: new TestScheduler()).Subscribe(_ => told.Add("next"), _ => told.Add("error"), () => told.Add("completed"));
        source.OnNext(1);
        Assert.Empty(told);
        Assert.False(source.HasObservers);
    }

    [Fact]
    public void An_observer_that_throws_throws_at_the_source_and_loses_its_subscription()
    {
        using var source = new Subject<double>();
        using var subscription = source.CountWindow(1, scheduler: new TestScheduler()).Subscribe(_ => throw new FormatException());
        Assert.Throws<FormatException>(() => source.OnNext(1));
        Assert.False(source.HasObservers);
    }

    [Fact]
    public void A_source_that_cannot_be_subscribed_to_leaves_no_timer()
    {
        var scheduler = new SteppedScheduler(new TestScheduler());
        var source = Observable.Create<double>(IDisposable (_) => throw new FormatException());
        var bare = new Refusing();
        Assert.Throws<FormatException>(() => bare.TumblingWindow(Second, scheduler: scheduler).Subscribe(_ => { }));
        Assert.Equal(0, scheduler.Pending);
        Assert.Throws<FormatException>(() => source.TumblingWindow(Second, scheduler: scheduler).Subscribe(_ => { }));
        Assert.Equal(0, scheduler.Pending);
    }

    [Fact]
    public void Spans_beyond_the_calendar_are_refused()
    {
        var source = Observable.Never<double>();
        Assert.Throws<ArgumentOutOfRangeException>(() => source.TumblingWindow(TimeSpan.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.SlidingWindow(Second, TimeSpan.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.SessionWindow(TimeSpan.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.PerKey(x => 1, x => x, TimeSpan.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.EventTimeWindow(x => x, x => default, TimeSpan.MaxValue));
    }

    [Theory]
    [InlineData("tumbling")]
    [InlineData("session")]
    [InlineData("per key")]
    [InlineData("event time")]
    public void A_window_of_a_hundred_years_needs_no_timer_of_a_hundred_years(string name)
    {
        // A system timer takes 49 days at most.
        var century = TimeSpan.FromDays(36_525);
        var counts = new List<long>();
        using var source = new Subject<double>();
        var windows = name switch
        {
            "tumbling" => source.TumblingWindow(century),
            "session" => source.SessionWindow(century),
            "per key" => source.PerKey(_ => 1, x => x, century).Select(w => w.Window),
            _ => source.EventTimeWindow(x => x, _ => DateTimeOffset.UnixEpoch, century, eventTime: new EventTimeOptions { IdleTimeout = century }),
        };
        using var subscription = windows.Subscribe(w => counts.Add(w.Count));
        source.OnNext(1);
        source.OnNext(2);
        source.OnCompleted();
        Assert.Equal([2L], counts);
    }

    [Fact]
    public void A_window_of_years_is_told_at_its_end()
    {
        var scheduler = new TestScheduler();
        var seen = new List<(DateTimeOffset Now, DateTimeOffset End, long Count)>();
        using var source = new Subject<double>();
        using var subscription = source.TumblingWindow(TimeSpan.FromDays(1000), new WindowOptions { AlignToSubscription = true }, scheduler)
            .Subscribe(w => seen.Add((scheduler.Now, w.End, w.Count)));
        source.OnNext(1);
        scheduler.AdvanceTo(TimeSpan.FromDays(2500).Ticks);
        var first = DateTimeOffset.MinValue.AddDays(1000);
        var second = first.AddDays(1000);
        Assert.Equal([(first, first, 1L), (second, second, 0L)], seen);
    }

    [Fact]
    public void An_idle_timeout_of_forever_does_not_spin()
    {
        var time = new TestScheduler();
        var scheduler = new UnrulyScheduler(time);
        using var source = new Subject<double>();
        using var subscription = source.EventTimeWindow(
            x => x, _ => DateTimeOffset.MinValue, Second, eventTime: new EventTimeOptions { IdleTimeout = TimeSpan.MaxValue }, scheduler: scheduler).Subscribe(_ => { });
        source.OnNext(1);
        time.AdvanceBy(1000);
        Assert.InRange(scheduler.Asked, 0, 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_clock_that_throws_ends_the_windows_and_does_not_reach_the_source(bool whileTheObserverIsAtWork)
    {
        var error = new InvalidOperationException("mine");
        var scheduler = new UnrulyScheduler(new TestScheduler());
        using var source = new Subject<double>();
        Exception? told = null;
        int items = 0;
        using var subscription = source.CountWindow(x => x, size: 1, scheduler: scheduler).Subscribe(
            _ =>
            {
                items++;
                if (whileTheObserverIsAtWork)
                {
                    Throw();
                    Assert.Null(told);
                }
            },
            end => told = end);
        source.OnNext(1);
        if (!whileTheObserverIsAtWork)
        {
            Throw();
        }

        Assert.Same(error, told);
        Assert.False(source.HasObservers);
        Assert.Equal(1, items);

        void Throw()
        {
            scheduler.ClockError = error;
            source.OnNext(2);
        }
    }

    [Fact]
    public void A_short_window_at_long_intervals_does_not_cost_the_panes_between()
    {
        var time = new TestScheduler();
        var aggregator = new Counting();
        var counts = new List<int>();
        using var source = new Subject<int>();
        using var subscription = source.SlidingWindow(
            aggregator, TimeSpan.FromTicks(1), TimeSpan.FromTicks(1_000_000), new WindowOptions { AlignToSubscription = true }, time).Subscribe(w => counts.Add(w.Value));
        for (int i = 0; i < 3; i++)
        {
            source.OnNext(1);
            time.AdvanceBy(999_999);
            source.OnNext(1);
            time.AdvanceBy(1);
        }

        source.OnNext(1);
        source.OnCompleted();
        Assert.Equal([1, 1, 1], counts);
        Assert.InRange(aggregator.Created, 0, 200);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Refused_values_are_told_when_empty_windows_are_not(bool ofAKey)
    {
        var scheduler = new TestScheduler();
        var seen = new List<string>();
        using var source = new Subject<double>();
        var windows = ofAKey
            ? source.PerKey(_ => 1, x => x, Second * 2, Second, options: NoEmpty, scheduler: scheduler).Select(w => w.Window)
            : source.SlidingWindow(Second * 2, Second, NoEmpty, scheduler);
        using var subscription = windows.Subscribe(w => seen.Add($"{w.End.Ticks / Second.Ticks} {w.Count} {w.Refused}"));
        source.OnNext(double.NaN);
        scheduler.AdvanceTo((Second * 100).Ticks);
        source.OnNext(1);
        scheduler.AdvanceTo((Second * 110).Ticks);
        source.OnNext(double.NaN);
        source.OnCompleted();
        Assert.Equal(["1 0 1", "2 0 1", "101 1 0", "102 1 0", "111 0 1"], seen);
    }

    [Fact]
    public void A_refused_value_that_a_window_has_lost_is_not_told_again_after_a_silence()
    {
        var scheduler = new TestScheduler();
        var seen = new List<string>();
        using var source = new Subject<double>();
        using var subscription = source.SlidingWindow(Second * 10, Second, NoEmpty, scheduler).Subscribe(w => seen.Add($"{w.End.Ticks / Second.Ticks} {w.Count} {w.Refused}"));
        source.OnNext(double.NaN);
        scheduler.Sleep((Second * 100).Ticks);
        source.OnNext(1);
        scheduler.AdvanceBy(Second.Ticks);
        Assert.Equal("101 1 0", seen[^1]);
    }

    [Fact]
    public void A_timer_that_comes_early_is_set_for_a_millisecond_at_least()
    {
        var time = new TestScheduler();
        time.AdvanceTo(DateTimeOffset.UnixEpoch.UtcTicks);
        var scheduler = new UnrulyScheduler(time) { Early = TimeSpan.FromTicks(4000) };
        var seen = new List<TimeSpan>();
        using var subscription = Observable.Never<double>().TumblingWindow(Second, scheduler: scheduler).Subscribe(w => seen.Add(scheduler.Now - w.End));
        time.AdvanceBy((Second * 100.5).Ticks);
        Assert.Equal(100, seen.Count);
        Assert.All(seen, late => Assert.InRange(late, TimeSpan.Zero, TimeSpan.FromMilliseconds(1)));
        Assert.InRange(scheduler.Asked, 0, 202);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_scheduler_that_sets_no_more_timers_is_the_streams_error(int timers)
    {
        var time = new TestScheduler();
        var scheduler = new UnrulyScheduler(time) { Early = TimeSpan.FromTicks(4000), AllowedTimers = timers };
        Exception? error = null;
        using var source = new Subject<double>();
        using var subscription = source.TumblingWindow(Second, scheduler: scheduler).Subscribe(_ => { }, e => error = e);
        time.AdvanceTo((Second * 3).Ticks);
        Assert.IsType<ObjectDisposedException>(error);
        Assert.False(source.HasObservers);
    }

    [Fact]
    public void Sums_past_the_largest_number_are_infinite_and_over_with_their_window()
    {
        var scheduler = new TestScheduler();
        var seen = new List<WindowSummary>();
        using var source = new Subject<double>();
        using var subscription = source.SlidingWindow(Second * 3, Second, scheduler: scheduler).Subscribe(seen.Add);
        source.OnNext(double.MaxValue);
        source.OnNext(double.MaxValue);
        scheduler.AdvanceTo((Second * 1).Ticks);
        source.OnNext(1e100);
        source.OnNext(0.1);
        source.OnNext(-1e100);
        scheduler.AdvanceTo((Second * 2).Ticks);
        source.OnNext(0.2);
        scheduler.AdvanceTo((Second * 5).Ticks);
        Assert.Equal([double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity, 0.1 + 0.2, 0.2], seen.Select(w => w.Sum));
        Assert.Equal(0.2, seen[^1].Mean);
        Assert.Equal(0, seen[^1].StandardDeviation);
    }

    [Fact]
    public void Each_count_window_of_few_values_has_exact_percentiles()
    {
        using var source = new Subject<double>();
        var seen = new List<double>();
        using var subscription = source.CountWindow(64, scheduler: new TestScheduler()).Subscribe(w => seen.Add(w.P50));
        for (int i = 1; i <= 64 * 3; i++)
        {
            source.OnNext(i);
        }

        Assert.Equal([32.0, 96.0, 160.0], seen);
    }

    [Fact]
    public async Task A_summary_is_read_by_several_threads_at_once()
    {
        var scheduler = new TestScheduler();
        var options = new WindowOptions { Percentiles = PercentileMode.OnDemand };
        using var source = new Subject<double>();
        var seen = new List<WindowSummary>();
        using var subscription = source.CountWindow(64, options: options, scheduler: scheduler).Subscribe(seen.Add);
        for (int i = 0; i < 64 * 5000; i++)
        {
            source.OnNext((i * 37) % 64);
        }

        Assert.Equal(5000, seen.Count);
        using var together = new Barrier(2);
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
            () => seen.Count(w =>
            {
                together.SignalAndWait();
                bool isWrong = false;
                for (int rank = 1; rank <= 64; rank++)
                {
                    isWrong |= w.Percentile(rank * 100.0 / 64) != rank - 1;
                }

                return isWrong;
            }),
            TaskCreationOptions.LongRunning)).ToList();
        int[] wrong = await Task.WhenAll(readers).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(0, wrong.Sum());
    }

    [Fact]
    public void Percentiles_on_demand_are_those_that_are_members()
    {
        var scheduler = new TestScheduler();
        var random = new Random(5);
        var options = new WindowOptions { Percentiles = PercentileMode.OnDemand, RelativeAccuracy = 0.2 };
        using var source = new Subject<double>();
        var seen = new List<WindowSummary>();
        using var subscription = source.SlidingWindow(Second * 5, Second, options, scheduler).Subscribe(seen.Add);
        for (int i = 0; i < 2000; i++)
        {
            source.OnNext(Math.Exp(random.NextDouble() * (i % 200 / 30.0)) * (i % 7 == 0 ? -1 : 1));
            scheduler.AdvanceBy((Second * 0.02).Ticks);
        }

        Assert.All(seen.Where(w => w.Count > 0), w => Assert.Equal(
            [w.P50, w.P90, w.P95, w.P99, w.Min, w.Max],
            [w.Percentile(50), w.Percentile(90), w.Percentile(95), w.Percentile(99), w.Percentile(0), w.Percentile(100)]));
    }

    private sealed class Refusing : IObservable<double>
    {
        public IDisposable Subscribe(IObserver<double> observer) => throw new FormatException();
    }

    private sealed class Counting : IWindowAggregator<int, int, int>
    {
        public int Created { get; private set; }

        public int Create()
        {
            Created++;
            return 0;
        }

        public int Add(int accumulator, int value) => accumulator + 1;

        public int Merge(int older, int newer) => older + newer;

        public int Result(int accumulator) => accumulator;
    }
}
