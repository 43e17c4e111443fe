using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Windows;

public sealed class SlidingWindowTests : ReactiveTest
{
    private static readonly TimeSpan Length = TimeSpan.FromTicks(200);
    private static readonly TimeSpan Every = TimeSpan.FromTicks(100);
    private static readonly WindowOptions NoEmpty = new() { EmitEmpty = false };

    [Fact]
    public void ArgumentChecking()
    {
        var source = Observable.Never<double>();
        Assert.Throws<ArgumentNullException>(() => WindowObservable.SlidingWindow(null!, Length, Every));
        Assert.Throws<ArgumentNullException>(() => WindowObservable.SlidingWindow<double>(source, selector: null!, Length, Every));
        Assert.Throws<ArgumentNullException>(() => source.SlidingWindow((IWindowAggregator<double, int, int>)null!, Length, Every));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.SlidingWindow(TimeSpan.Zero, Every));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.SlidingWindow(Length, TimeSpan.FromTicks(-1)));
        Assert.Throws<ArgumentNullException>(() => source.SlidingWindow(Length, Every).Subscribe((IObserver<WindowSummary>)null!));
        var error = Assert.Throws<ArgumentException>(() => source.SlidingWindow(Length, Every, new WindowOptions
        {
            Aggregates = (Aggregates)64,
            Percentiles = (PercentileMode)9,
            RelativeAccuracy = 1,
            MaximumSketchBytes = 1,
            MaximumCatchUp = -1,
            MaximumQueued = 0,
            MaximumItems = 0,
        }));
        Assert.Equal(
            "Not valid: Aggregates must be a combination of Sum, Extremes and Deviation. Percentiles must be None, Standard or OnDemand. "
            + "RelativeAccuracy must be from 0.0001 to 0.5. MaximumSketchBytes must be at least 1024. MaximumCatchUp must not be negative. "
            + "MaximumQueued must be at least 1. MaximumItems must be at least 1. (Parameter 'options')",
            error.Message);
    }

    [Fact]
    public void A_step_that_would_make_too_many_panes_is_refused()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Observable.Never<double>().SlidingWindow(TimeSpan.FromDays(1), TimeSpan.FromTicks(7_000_001)));
        Assert.Contains("Choose a step that divides the window.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Never()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable<double>();
        var silent = scheduler.Start(() => source.SlidingWindow(Length, Every, NoEmpty, scheduler));
        Assert.Empty(silent.Messages);
        source.Subscriptions.AssertEqual(Subscribe(200, 1000));
    }

    [Fact]
    public void Never_tells_of_empty_windows()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable<double>();
        var result = scheduler.Start(() => source.SlidingWindow(Length, Every, scheduler: scheduler), 100, 200, 450);
        Assert.Equal([300, 400], result.Messages.Select(m => m.Time));
        var first = result.Messages[0].Value.Value;
        Assert.Equal((100, 300, 0, 0.0, double.NaN), (first.Start.Ticks, first.End.Ticks, first.Count, first.Sum, first.P99));
        Assert.True(first.IsPartial);
        Assert.False(result.Messages[1].Value.Value.IsPartial);
        source.Subscriptions.AssertEqual(Subscribe(200, 450));
    }

    [Fact]
    public void Empty()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnCompleted<double>(250));
        var result = scheduler.Start(() => source.SlidingWindow(Length, Every, scheduler: scheduler));
        result.Messages.AssertEqual(OnCompleted<WindowSummary>(250));
        source.Subscriptions.AssertEqual(Subscribe(200, 250));
    }

    [Fact]
    public void Error()
    {
        var failure = new FormatException();
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1.0), OnError<double>(250, failure));
        var result = scheduler.Start(() => source.SlidingWindow(Length, Every, scheduler: scheduler));
        result.Messages.AssertEqual(OnError<WindowSummary>(250, failure));
        source.Subscriptions.AssertEqual(Subscribe(200, 250));
    }

    [Fact]
    public void Dispose()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1.0), OnNext(320, 1.0));
        var result = scheduler.Start(() => source.SlidingWindow(Length, Every, scheduler: scheduler), 100, 200, 310);
        Assert.Equal([300], result.Messages.Select(m => m.Time));
        source.Subscriptions.AssertEqual(Subscribe(200, 310));
    }

    [Fact]
    public void SelectorThrows()
    {
        var failure = new FormatException();
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1), OnNext(220, 2));
        var result = scheduler.Start(() => source.SlidingWindow(x => x == 1 ? 1.0 : throw failure, Length, Every, scheduler: scheduler));
        result.Messages.AssertEqual(OnError<WindowSummary>(220, failure));
        source.Subscriptions.AssertEqual(Subscribe(200, 220));
    }

    [Fact]
    public void Windows_are_half_open_and_overlap()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(
            OnNext(210, 4.0), OnNext(299, 2.0), OnNext(300, 6.0), OnNext(300, 8.0), OnNext(450, 1.0), OnCompleted<double>(460));
        var result = scheduler.Start(() => source.SlidingWindow(Length, Every, scheduler: scheduler));
        Assert.Equal(
            [(300, 100, 300, 2, 6), (400, 200, 400, 4, 20), (460, 300, 500, 3, 15)],
            Values(result).Select(m => ((int)m.Time, (int)m.Value.Start.Ticks, (int)m.Value.End.Ticks, (int)m.Value.Count, (int)m.Value.Sum)));
        var second = Values(result)[1].Value;
        Assert.Equal((2.0, 8.0, 4.0, 8.0, 5.0), (second.Min, second.Max, second.First, second.Last, second.Mean));
        Assert.Equal(Math.Sqrt(5), second.StandardDeviation, 1e-12);
        Assert.Equal(4 / 200e-7, second.Rate, 1e-3);
        Assert.True(Values(result)[2].Value.IsPartial);
        Assert.Equal(OnCompleted<WindowSummary>(460), result.Messages[^1]);
        source.Subscriptions.AssertEqual(Subscribe(200, 460));
    }

    [Fact]
    public void A_completion_right_after_a_window_tells_nothing_twice()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1.0), OnCompleted<double>(305));
        var result = scheduler.Start(() => source.SlidingWindow(Length, Every, scheduler: scheduler));
        Assert.Equal([300, 305], result.Messages.Select(m => m.Time));
        Assert.Equal(NotificationKind.OnCompleted, result.Messages[1].Value.Kind);
    }

    [Fact]
    public void Windows_that_the_step_does_not_divide_end_on_the_step()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(249, 1.0), OnNext(250, 2.0), OnNext(399, 4.0), OnNext(400, 8.0));
        var result = scheduler.Start(() => source.SlidingWindow(TimeSpan.FromTicks(150), Every, NoEmpty, scheduler), 100, 200, 700);
        Assert.Equal([(300, 3.0), (400, 6.0), (500, 12.0)], Values(result).Select(m => ((int)m.Time, m.Value.Sum)));
    }

    [Fact]
    public void A_step_longer_than_the_window_samples()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1.0), OnNext(260, 2.0), OnNext(310, 4.0), OnNext(390, 8.0));
        var result = scheduler.Start(() => source.SlidingWindow(TimeSpan.FromTicks(50), Every, NoEmpty, scheduler), 100, 200, 700);
        Assert.Equal([(300, 2.0), (400, 8.0)], Values(result).Select(m => ((int)m.Time, m.Value.Sum)));
    }

    [Fact]
    public void A_completion_between_two_windows_that_sample_tells_nothing()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1.0), OnCompleted<double>(220));
        var result = scheduler.Start(() => source.SlidingWindow(TimeSpan.FromTicks(50), Every, scheduler: scheduler));
        result.Messages.AssertEqual(OnCompleted<WindowSummary>(220));
        source.Subscriptions.AssertEqual(Subscribe(200, 220));
    }

    [Fact]
    public void Aligned_to_the_subscription_on_demand()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(231, 1.0));
        var result = scheduler.Start(() => source.SlidingWindow(Length, Every, NoEmpty with { AlignToSubscription = true }, scheduler), 100, 230, 1000);
        Assert.Equal([330, 430], result.Messages.Select(m => m.Time));
    }

    [Fact]
    public void NaN_and_infinities_are_refused_with_a_count()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, double.NaN), OnNext(220, double.PositiveInfinity), OnNext(230, 3.0), OnNext(240, double.NegativeInfinity));
        var summary = Values(scheduler.Start(() => source.SlidingWindow(Length, Every, scheduler: scheduler)))[0].Value;
        Assert.Equal((1, 3, 3.0, 3.0, 3.0), (summary.Count, summary.Refused, summary.Sum, summary.Max, summary.Last));
    }

    [Fact]
    public void Sums_are_compensated()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1e100), OnNext(220, 1.0), OnNext(310, -1e100));
        Assert.Equal(1.0, Values(scheduler.Start(() => source.SlidingWindow(Length, Every, scheduler: scheduler)))[1].Value.Sum);
    }

    [Fact]
    public void What_is_not_asked_for_is_NaN()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 2.0));
        var options = new WindowOptions { Aggregates = Aggregates.None, Percentiles = PercentileMode.None };
        var s = Values(scheduler.Start(() => source.SlidingWindow(Length, Every, options, scheduler)))[0].Value;
        Assert.Equal((1, 2.0, 2.0), (s.Count, s.First, s.Last));
        Assert.All([s.Sum, s.Mean, s.Min, s.Max, s.StandardDeviation, s.P50], f => Assert.Equal(double.NaN, f));
    }

    [Fact]
    public void Any_percentile_on_demand()
    {
        var scheduler = new TestScheduler();
        var source = new Subject<double>();
        var seen = new List<WindowSummary>();
        var modes = new[] { PercentileMode.OnDemand, PercentileMode.Standard, PercentileMode.None };
        foreach (var mode in modes)
        {
            source.SlidingWindow(Length, Every, new WindowOptions { Percentiles = mode, EmitEmpty = mode == PercentileMode.OnDemand }, scheduler).Subscribe(seen.Add);
        }

        for (int i = 1; i <= 1000; i++)
        {
            source.OnNext(i);
        }

        scheduler.AdvanceTo(100);
        Assert.InRange(seen[0].Percentile(25), 250 * 0.98, 250 * 1.02);
        Assert.InRange(seen[1].Percentile(95), 950 * 0.98, 950 * 1.02);
        Assert.Throws<ArgumentOutOfRangeException>(() => seen[0].Percentile(101));
        Assert.Throws<ArgumentOutOfRangeException>(() => seen[0].Percentile(double.NaN));
        var error = Assert.Throws<InvalidOperationException>(() => seen[1].Percentile(25));
        Assert.Contains("set WindowOptions.Percentiles to PercentileMode.OnDemand", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => seen[2].Percentile(50));
        scheduler.AdvanceTo(500);
        Assert.Equal(double.NaN, seen[^1].Percentile(25));
        Assert.InRange(seen[0].Percentile(25), 250 * 0.98, 250 * 1.02);
    }

    [Fact]
    public void With_an_aggregator_of_the_users_own()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, "a"), OnNext(320, "b"), OnNext(330, "c"), OnCompleted<string>(450));
        var result = scheduler.Start(() => source.SlidingWindow(new Join(), Length, Every, scheduler: scheduler));
        result.Messages.AssertEqual(
            OnNext(300, new WindowResult<string>(At(100), At(300), 1, "<a>", IsPartial: true)),
            OnNext(400, new WindowResult<string>(At(200), At(400), 3, "<abc>")),
            OnCompleted<WindowResult<string>>(450));
    }

    [Fact]
    public void An_aggregator_that_throws_is_the_streams_error()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, "!"));
        var result = scheduler.Start(() => source.SlidingWindow(new Join(), Length, Every, scheduler: scheduler));
        Assert.Equal((300, NotificationKind.OnError), (result.Messages[0].Time, result.Messages[0].Value.Kind));
        source.Subscriptions.AssertEqual(Subscribe(200, 300));
    }

    private static DateTimeOffset At(long ticks) => new(ticks, TimeSpan.Zero);

    private static List<(long Time, WindowSummary Value)> Values(ITestableObserver<WindowSummary> observer) =>
        [.. observer.Messages.Where(m => m.Value.Kind == NotificationKind.OnNext).Select(m => (m.Time, m.Value.Value))];

    private sealed class Join : IWindowAggregator<string, string, string>
    {
        public string Create() => "";

        public string Add(string accumulator, string value) => accumulator + value;

        public string Merge(string older, string newer) => older + newer;

        public string Result(string accumulator) => accumulator == "!" ? throw new FormatException() : $"<{accumulator}>";
    }
}
