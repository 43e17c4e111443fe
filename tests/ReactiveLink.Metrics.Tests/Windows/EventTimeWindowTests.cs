using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;

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
        }));
        Assert.StartsWith(
            "Not valid: Disorder must not be negative. AllowedLateness must not be negative. MaximumAhead must not be negative. IdleTimeout must be more than 0. MaximumPanes must be at least 1.",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Never_Empty_Error_Dispose()
    {
        var failure = new FormatException();
        Assert.Empty(Fixed([], 1000));
        Fixed([OnCompleted<int>(250)], 250).AssertEqual(OnCompleted<WindowSummary>(250));
        Fixed([OnNext(210, 5), OnError<int>(250, failure)], 250).AssertEqual(OnError<WindowSummary>(250, failure));
        Assert.Empty(Fixed([OnNext(210, 5)], 1000));
    }

    [Fact]
    public void SelectorThrows()
    {
        var failure = new FormatException();
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1));
        var result = scheduler.Start(() => source.EventTimeWindow(x => x, _ => throw failure, TimeSpan.FromTicks(1), scheduler: scheduler));
        result.Messages.AssertEqual(OnError<WindowSummary>(210, failure));
        source.Subscriptions.AssertEqual(Subscribe(200, 210));
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

    private static IList<Recorded<Notification<WindowSummary>>> Fixed(Recorded<Notification<int>>[] items, long unsubscribed)
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(items);
        var result = scheduler.Start(() => source.EventTimeWindow(x => x, x => At(x), TimeSpan.FromTicks(100), eventTime: Believing, scheduler: scheduler));
        source.Subscriptions.AssertEqual(Subscribe(200, unsubscribed));
        return result.Messages;
    }
}
