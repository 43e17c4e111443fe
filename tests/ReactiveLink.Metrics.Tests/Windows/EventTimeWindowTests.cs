using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;
using ReactiveLink.Metrics.Windows;

namespace ReactiveLink.Metrics.Tests.Windows;

public sealed class EventTimeWindowTests : ReactiveTest
{
    private static readonly EventTimeOptions Believing = new() { Disorder = TimeSpan.FromTicks(10), MaximumAhead = null, IdleTimeout = null };
    private static readonly WindowOptions NoEmpty = new() { EmitEmpty = false };

    [Fact]
    public void ArgumentChecking()
    {
        var source = Observable.Never<int>();
        Assert.Throws<ArgumentNullException>(() => WindowObservable.EventTimeWindow<int>(null!, x => x, x => At(x), TimeSpan.FromTicks(1)));
        Assert.Throws<ArgumentNullException>(() => source.EventTimeWindow(null!, x => At(x), TimeSpan.FromTicks(1)));
        Assert.Throws<ArgumentNullException>(() => source.EventTimeWindow(x => x, null!, TimeSpan.FromTicks(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.EventTimeWindow(x => x, x => At(x), TimeSpan.Zero));
        var error = Assert.Throws<ArgumentException>(() => source.EventTimeWindow(x => x, x => At(x), TimeSpan.FromTicks(1), eventTime: new EventTimeOptions
        {
            Disorder = TimeSpan.FromTicks(-1),
            AllowedLateness = TimeSpan.FromTicks(-1),
            MaximumAhead = TimeSpan.FromTicks(-1),
            IdleTimeout = TimeSpan.Zero,
            MaximumPanes = 0,
            MaximumRevised = 0,
        }));
        Assert.StartsWith(
            "Not valid: Disorder must not be negative. AllowedLateness must not be negative. MaximumAhead must not be negative. IdleTimeout must be more than 0. MaximumPanes must be at least 1. MaximumRevised must be at least 1.",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ArgumentChecking_with_an_aggregator()
    {
        var source = Observable.Never<int>();
        Assert.Throws<ArgumentNullException>("source", () => WindowObservable.EventTimeWindow(null!, new Join(), x => At(x), TimeSpan.FromTicks(1)));
        Assert.Throws<ArgumentNullException>("aggregator", () => source.EventTimeWindow((IWindowAggregator<int, string, string>)null!, x => At(x), TimeSpan.FromTicks(1)));
        Assert.Throws<ArgumentNullException>("timestamp", () => source.EventTimeWindow(new Join(), null!, TimeSpan.FromTicks(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.EventTimeWindow(new Join(), x => At(x), TimeSpan.FromTicks(1), TimeSpan.Zero));
        Assert.Throws<ArgumentException>("eventTime", () => source.EventTimeWindow(new Join(), x => At(x), TimeSpan.FromTicks(1), eventTime: new EventTimeOptions { MaximumPanes = 0 }));
        Assert.Throws<ArgumentException>("options", () => source.EventTimeWindow(new Join(), x => At(x), TimeSpan.FromTicks(1), options: new WindowOptions { MaximumQueued = 0 }));
        Assert.Throws<ArgumentNullException>("observer", () => source.EventTimeWindow(new Join(), x => At(x), TimeSpan.FromTicks(1)).Subscribe(null!));
    }

    [Fact]
    public void Never() => Assert.Empty(Fixed([], 1000));

    [Fact]
    public void Empty() => Fixed([OnCompleted<int>(250)], 250).AssertEqual(OnCompleted<WindowSummary>(250));

    [Fact]
    public void Error()
    {
        var failure = new FormatException();
        Fixed([OnNext(210, 5), OnError<int>(250, failure)], 250).AssertEqual(OnError<WindowSummary>(250, failure));
    }

    [Fact]
    public void Dispose()
    {
        var messages = Fixed([OnNext(210, 5), OnNext(220, 150), OnNext(320, 350)], 300, disposed: 300);
        Assert.Equal([(220, "100 1 r0")], messages.Select(m => ((int)m.Time, Text(m.Value.Value))));
    }

    [Fact]
    public void SelectorThrows()
    {
        var failure = new FormatException();
        var throwing = new (Func<int, double> Selector, Func<int, DateTimeOffset> Timestamp)[] { (x => x, _ => throw failure), (_ => throw failure, x => At(x)) };
        foreach (var (selector, timestamp) in throwing)
        {
            var scheduler = new TestScheduler();
            var source = scheduler.CreateHotObservable(OnNext(210, 1));
            var result = scheduler.Start(() => source.EventTimeWindow(selector, timestamp, TimeSpan.FromTicks(1), scheduler: scheduler));
            result.Messages.AssertEqual(OnError<WindowSummary>(210, failure));
            source.Subscriptions.AssertEqual(Subscribe(200, 210));
        }
    }

    [Fact]
    public void AggregatorThrows()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 5), OnNext(220, 7), OnNext(230, 150));
        var result = scheduler.Start(() => source.EventTimeWindow(new Join { Fails = true }, x => At(x), TimeSpan.FromTicks(100), eventTime: Believing, scheduler: scheduler));
        Assert.Equal((230, NotificationKind.OnError), (result.Messages.Single().Time, result.Messages.Single().Value.Kind));
        source.Subscriptions.AssertEqual(Subscribe(200, 230));
    }

    [Fact]
    public void An_item_between_two_windows_is_not_late_and_is_not_told()
    {
        // Windows are the 10 ticks before each hundred.
        var late = new List<int>();
        var seen = Run([95, 120, 160, 195, 230], TimeSpan.FromTicks(10), Believing, new WindowOptions(), late, TimeSpan.FromTicks(100));
        Assert.Equal(["100 1 r0", "200 1 r0"], seen.Select(Text));
        Assert.Empty(late);
    }

    [Fact]
    public void A_window_that_was_passed_without_a_word_is_told_first_as_itself()
    {
        var seen = Run([5, 305, 150, 160], TimeSpan.FromTicks(100), Believing with { AllowedLateness = TimeSpan.MaxValue }, NoEmpty, []);
        Assert.Equal(["100 1 r0", "200 1 r0", "200 2 r1", "400 1 r0"], seen.Select(Text));
    }

    [Fact]
    public void Items_for_more_panes_than_are_kept_are_left_out_and_told()
    {
        var drops = new List<WindowDrop>();
        var options = NoEmpty with { Drops = Observer.Create<WindowDrop>(drops.Add) };
        var seen = Run([5, 105, 205, 6, 500], TimeSpan.FromTicks(100), Believing with { Disorder = TimeSpan.FromTicks(250), MaximumPanes = 2 }, options, []);
        Assert.Equal(["100 2 r0", "200 1 r0", "600 1 r0"], seen.Select(Text));
        Assert.Equal([(WindowDropReason.PaneLimit, 1L)], drops.Select(d => (d.Reason, d.Count)));
    }

    [Fact]
    public void Windows_beyond_the_bound_are_not_revised_and_that_is_told()
    {
        var drops = new List<WindowDrop>();
        var options = NoEmpty with { Drops = Observer.Create<WindowDrop>(drops.Add) };
        var eventTime = Believing with { AllowedLateness = TimeSpan.FromTicks(500), MaximumRevised = 2 };
        var seen = Run([5, 105, 205, 315, 6, 7, 106, 206, 207, 1500, 1005, 1006, 2000], TimeSpan.FromTicks(100), eventTime, options, []);
        Assert.Equal(["100 1 r0", "200 1 r0", "300 1 r0", "100 2 r1", "100 3 r2", "200 2 r1", "400 1 r0", "1100 1 r0", "1100 2 r1", "1600 1 r0", "2100 1 r0"], seen.Select(Text));
        Assert.Equal([(WindowDropReason.RevisionLimit, 1L), (WindowDropReason.RevisionLimit, 1L)], drops.Select(d => (d.Reason, d.Count)));
    }

    [Fact]
    public void Windows_that_are_passed_one_after_the_other_are_remembered_as_one_run()
    {
        var told = new ToldWindows(step: 10, maximumRevised: 2);
        for (int end = 0; end < 100_000; end += 10)
        {
            told.Pass(end, end + 10);
        }

        Assert.Equal(1, told.Kept);
        Assert.Equal([0, 1, 0, 1], [told.NextRevision(50), told.NextRevision(50), told.NextRevision(99_990), told.NextRevision(99_990)]);
        Assert.Null(told.NextRevision(60));
        told.Settle(99_990);
        Assert.Equal(0, told.Kept);
    }

    [Fact]
    public void A_side_observer_that_throws_loses_its_place_and_the_stream_goes_on()
    {
        int told = 0;
        var late = Observer.Create<int>(_ =>
        {
            told++;
            throw new FormatException();
        });
        using var source = new Subject<int>();
        var seen = new List<WindowSummary>();
        source.EventTimeWindow(x => x, x => At(x), TimeSpan.FromTicks(100), null, Believing, late, NoEmpty, new TestScheduler()).Subscribe(seen.Add);
        foreach (int time in new[] { 5, 150, 6, 7, 250 })
        {
            source.OnNext(time);
        }

        Assert.Equal(1, told);
        Assert.Equal(["100 1 r0", "200 1 r0"], seen.Select(Text));
    }

    [Fact]
    public void The_watermark_tells_late_items_revise_and_later_ones_go_aside()
    {
        var late = new List<int>();
        var seen = Run([5, 105, 109, 7, 110, 8, 9, 140, 6], TimeSpan.FromTicks(100), Believing with { AllowedLateness = TimeSpan.FromTicks(20) }, NoEmpty, late);
        Assert.Equal(["100 2 r0", "100 3 r1", "100 4 r2", "200 4 r0"], seen.Select(Text));
        Assert.Equal([6], late);
    }

    [Fact]
    public void A_timestamp_from_the_future_is_refused_and_moves_nothing()
    {
        var drops = new List<WindowDrop>();
        var options = NoEmpty with { Drops = Observer.Create<WindowDrop>(drops.Add) };
        var scheduler = new TestScheduler();
        scheduler.AdvanceTo(At(0).UtcTicks);
        using var source = new Subject<long>();
        var seen = new List<WindowSummary>();
        source.EventTimeWindow(x => x, At, TimeSpan.FromTicks(100), eventTime: Believing with { MaximumAhead = TimeSpan.FromTicks(1000) }, options: options, scheduler: scheduler)
            .Subscribe(seen.Add);
        source.OnNext(5);
        source.OnNext(1001);
        source.OnNext(6);
        source.OnCompleted();
        Assert.Equal(["100 2 r0"], seen.Select(Text));
        Assert.Equal([WindowDropReason.Future], drops.Select(d => d.Reason));
    }

    [Fact]
    public void An_idle_source_does_not_hold_the_last_window_back()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 5), OnNext(220, 50));
        var result = scheduler.Start(() => source.EventTimeWindow(
            x => x, x => At(x), TimeSpan.FromTicks(100), eventTime: Believing with { IdleTimeout = TimeSpan.FromTicks(30) }, options: NoEmpty, scheduler: scheduler));
        Assert.Equal((280, "100 2 r0"), (result.Messages.Single().Time, Text(result.Messages.Single().Value.Value)));
        source.Subscriptions.AssertEqual(Subscribe(200, 1000));
    }

    private static DateTimeOffset At(long ticks) => DateTimeOffset.UnixEpoch.AddTicks(ticks);

    private static string Text(WindowSummary w) => FormattableString.Invariant($"{w.End.UtcTicks - At(0).UtcTicks} {w.Count} r{w.Revision}");

    private static List<WindowSummary> Run(int[] times, TimeSpan length, EventTimeOptions eventTime, WindowOptions options, List<int> late, TimeSpan? every = null)
    {
        using var source = new Subject<int>();
        var seen = new List<WindowSummary>();
        source.EventTimeWindow(x => x, x => At(x), length, every, eventTime, Observer.Create<int>(late.Add), options, new TestScheduler()).Subscribe(seen.Add);
        foreach (int time in times)
        {
            source.OnNext(time);
        }

        source.OnCompleted();
        return seen;
    }

    private static IList<Recorded<Notification<WindowSummary>>> Fixed(Recorded<Notification<int>>[] items, long unsubscribed, long disposed = 1000)
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(items);
        var result = scheduler.Start(() => source.EventTimeWindow(x => x, x => At(x), TimeSpan.FromTicks(100), eventTime: Believing, scheduler: scheduler), 100, 200, disposed);
        source.Subscriptions.AssertEqual(Subscribe(200, unsubscribed));
        return result.Messages;
    }

    private sealed class Join : IWindowAggregator<int, string, string>
    {
        public bool Fails { get; init; }

        public string Create() => "";

        public string Add(string accumulator, int value) => accumulator + value;

        public string Merge(string older, string newer) => Fails ? throw new FormatException() : older + newer;

        public string Result(string accumulator) => accumulator;
    }
}
