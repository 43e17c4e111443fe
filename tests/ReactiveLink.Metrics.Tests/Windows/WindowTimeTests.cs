using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Windows;

public sealed class WindowTimeTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Ten_thousand_ticks_do_not_drift_under_a_slow_observer()
    {
        var scheduler = new TestScheduler();
        var seen = new List<WindowSummary>();
        var delays = new List<TimeSpan>();
        using var subscription = Observable.Never<double>().SlidingWindow(Second * 10, Second, scheduler: scheduler).Subscribe(window =>
        {
            seen.Add(window);
            delays.Add(scheduler.Now - window.End);

            // Its work takes 0.653 s each time, and now and then so long that 30 ticks are missed.
            scheduler.Sleep((Second * 0.653).Ticks);
            if (seen.Count % 1000 == 0)
            {
                scheduler.Sleep((Second * 30).Ticks);
            }
        });

        scheduler.AdvanceTo((Second * 10_000).Ticks);
        Assert.Equal(Enumerable.Range(1, 10_000).Select(k => Second * k), seen.Select(w => new TimeSpan(w.End.Ticks)));
        Assert.All(seen.Skip(20), w => Assert.Equal(Second * 10, w.End - w.Start));
        Assert.Equal(TimeSpan.Zero, delays[999]);
        Assert.InRange(delays[1000], Second * 29, Second * 31);
        Assert.Equal(TimeSpan.Zero, delays[1200]);
    }

    [Fact]
    public void Empty_windows_behind_the_clock_are_bounded_and_those_left_out_are_told()
    {
        var scheduler = new TestScheduler();
        var drops = new Subject<WindowDrop>();
        var dropped = new List<WindowDrop>();
        drops.Subscribe(dropped.Add);
        var seen = new List<WindowSummary>();
        using var source = new Subject<double>();
        using var subscription = source.TumblingWindow(Second, new WindowOptions { MaximumCatchUp = 5, Drops = drops }, scheduler).Subscribe(seen.Add);
        source.OnNext(1);
        scheduler.Sleep((Second * 10_000_000).Ticks);
        source.OnNext(2);
        Assert.Equal([1, 0, 0, 0, 0, 0], seen.Select(w => (int)w.Count));
        Assert.Equal(scheduler.Clock, seen[^1].End.Ticks);
        Assert.Equal((WindowDropReason.EmptyWindowsSkipped, 9_999_999L - 5), (dropped.Single().Reason, dropped.Single().Count));
    }

    [Fact]
    public void Nothing_is_allocated_per_value()
    {
        var scheduler = new HistoricalScheduler();
        using var source = new Subject<double>();
        using var subscription = source.SlidingWindow(Second * 10, Second, new WindowOptions { EmitEmpty = false }, scheduler).Subscribe(_ => { });
        var random = new Random(3);
        for (int i = 0; i < 30_000; i++)
        {
            scheduler.AdvanceBy(TimeSpan.FromMilliseconds(1));
            source.OnNext(1 + random.NextDouble());
        }

        Assert.Equal(0, Allocated.By(() =>
        {
            for (int i = 0; i < 100_000; i++)
            {
                source.OnNext(1 + random.NextDouble());
            }
        }));
    }

    [Fact]
    public async Task Ticks_and_values_on_two_threads_are_told_one_at_a_time_and_none_is_lost()
    {
        const int Values = 200_000;
        int inside = 0;
        int overlaps = 0;
        long count = 0;
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var source = new Subject<double>();
        using var subscription = source.TumblingWindow(TimeSpan.FromMilliseconds(1), new WindowOptions { MaximumQueued = Values }).Subscribe(
            window =>
            {
                overlaps += Interlocked.Increment(ref inside) == 1 ? 0 : 1;
                count += window.Count;
                Interlocked.Decrement(ref inside);
            },
            ended.SetResult);
        await Task.Run(() =>
        {
            for (int i = 0; i < Values; i++)
            {
                source.OnNext(i);
            }

            source.OnCompleted();
        });
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal((0, Values), (overlaps, (int)count));
    }

    [Fact]
    public void A_tick_that_comes_while_subscribing_is_told_by_the_scheduler()
    {
        var scheduler = new HastyScheduler();
        var threads = new List<Thread>();
        using var source = new Subject<double>();
        using var subscription = source.TumblingWindow(TimeSpan.FromMilliseconds(20), scheduler: scheduler).Subscribe(_ => threads.Add(Thread.CurrentThread));
        Assert.Empty(threads);
        Assert.True(source.HasObservers);
        scheduler.RunNext();
        Assert.NotSame(Thread.CurrentThread, Assert.Single(threads));
    }

    [Fact]
    public void A_tick_that_comes_while_subscribing_is_told_before_the_first_value()
    {
        var scheduler = new HastyScheduler();
        var counts = new List<long>();
        using var source = new Subject<double>();
        using var subscription = source.TumblingWindow(TimeSpan.FromMilliseconds(20), scheduler: scheduler).Subscribe(window => counts.Add(window.Count));
        source.OnNext(1);
        source.OnCompleted();
        Assert.Equal([0L, 1L], counts);
        scheduler.RunNext();
        Assert.Equal([0L, 1L], counts);
    }

    [Fact]
    public async Task Values_beyond_the_queue_are_dropped_and_told_while_the_observer_blocks_the_timer()
    {
        using var blocked = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var dropped = new List<WindowDrop>();
        using var drops = new Subject<WindowDrop>();
        drops.Subscribe(dropped.Add);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var source = new Subject<double>();
        long count = 0;
        using var subscription = source.TumblingWindow(TimeSpan.FromMilliseconds(20), new WindowOptions { MaximumQueued = 10, Drops = drops }, NewThreadScheduler.Default).Subscribe(
            window =>
            {
                count += window.Count;
                blocked.Set();
                Assert.True(release.Wait(TimeSpan.FromSeconds(20)));
            },
            ended.SetResult);
        Assert.True(blocked.Wait(TimeSpan.FromSeconds(20)));
        for (int i = 0; i < 25; i++)
        {
            source.OnNext(i);
        }

        release.Set();
        source.OnCompleted();
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(10, count);
        Assert.Equal((WindowDropReason.QueueFull, 15), (dropped.First().Reason, (int)dropped.Sum(d => d.Reason == WindowDropReason.QueueFull ? d.Count : 0)));
    }

    [Fact]
    public void An_observer_may_push_into_the_source_and_dispose_from_within()
    {
        var scheduler = new TestScheduler();
        using var source = new Subject<double>();
        var sums = new List<double>();
        IDisposable? subscription = null;
        subscription = source.TumblingWindow(TimeSpan.FromTicks(10), scheduler: scheduler).Subscribe(window =>
        {
            sums.Add(window.Sum);
            source.OnNext(window.Sum + 1);
            if (sums.Count == 3)
            {
                subscription!.Dispose();
            }
        });
        scheduler.AdvanceTo(100);
        Assert.Equal([0.0, 1.0, 2.0], sums);
        Assert.False(source.HasObservers);
    }
}
