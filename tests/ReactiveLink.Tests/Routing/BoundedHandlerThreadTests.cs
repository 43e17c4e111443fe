using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using ReactiveLink.Routing;
using static ReactiveLink.Tests.Routing.HandlerBench;

namespace ReactiveLink.Tests.Routing;

/// <summary>On real threads, each wait with a deadline.</summary>
public sealed class BoundedHandlerThreadTests
{
    private readonly ConcurrentQueue<Fault> _faults = new();

    public static TheoryData<string> Schedulers => ["pool", "default", "tasks", "new-thread"];

    [Theory]
    [MemberData(nameof(Schedulers))]
    public void Blocking_handlers_run_at_once_up_to_the_concurrency(string scheduler)
    {
        using var inside = new CountdownEvent(4);
        using var release = new ManualResetEventSlim();
        var running = 0;
        var most = 0;
        using var handler = Make<int>(
            _ =>
            {
                Raise(ref most, Interlocked.Increment(ref running));
                if (!inside.IsSet)
                {
                    inside.Signal();
                }

                release.Wait(Deadline);
                Interlocked.Decrement(ref running);
            },
            new() { Concurrency = 4 },
            SchedulerOf(scheduler),
            _faults);

        for (var i = 0; i < 20; i++)
        {
            handler.Offer(i);
        }

        Assert.True(inside.Wait(Deadline));
        Assert.Equal(4, handler.GetStatistics().Running);
        Assert.Equal(16, handler.GetStatistics().Pending);
        release.Set();
        Until(() => handler.GetStatistics().Handled == 20);
        Assert.Equal(4, most);
        AssertBalanced(handler.GetStatistics());
    }

    [Fact]
    public void Blocking_handlers_get_helpers_also_after_quick_ones()
    {
        using var inside = new CountdownEvent(3);
        using var release = new ManualResetEventSlim();
        using var handler = Make<int>(
            item =>
            {
                if (item < 0)
                {
                    inside.Signal();
                    release.Wait(Deadline);
                }
            },
            new() { Concurrency = 3, Capacity = 100_000 },
            TaskPoolScheduler.Default,
            _faults);
        for (var i = 0; i < 20_000; i++)
        {
            handler.Offer(i);
        }

        for (var i = 0; i < 3; i++)
        {
            handler.Offer(-1);
        }

        Assert.True(inside.Wait(Deadline));
        release.Set();
        Until(() => handler.GetStatistics().Handled == 20_003);
    }

    [Fact]
    public void A_blocking_handler_that_hangs_is_reported_and_others_go_on()
    {
        using var release = new ManualResetEventSlim();
        using var done = new CountdownEvent(50);
        using var handler = Make<int>(
            item =>
            {
                if (item == 0)
                {
                    release.Wait(Deadline);
                }
                else
                {
                    done.Signal();
                }
            },
            new() { Concurrency = 2, Timeout = TimeSpan.FromMilliseconds(50) },
            TaskPoolScheduler.Default,
            _faults);

        for (var i = 0; i <= 50; i++)
        {
            handler.Offer(i);
        }

        Assert.True(done.Wait(Deadline));
        Until(() => handler.GetStatistics().TimedOut == 1);
        Until(() => handler.GetStatistics() is { Handled: 50, Overdue: 1 });
        release.Set();
        Until(() => handler.GetStatistics().Overdue == 0);
        Assert.Equal(FaultReason.HandlerTimeout, Assert.Single(_faults).Reason);
        AssertBalanced(handler.GetStatistics());
    }

    [Theory]
    [InlineData(OverflowPolicy.DropNewest, 1, false)]
    [InlineData(OverflowPolicy.DropNewest, 4, true)]
    [InlineData(OverflowPolicy.DropOldest, 4, false)]
    [InlineData(OverflowPolicy.DropOldest, 1, true)]
    [InlineData(OverflowPolicy.LatestPerKey, 4, false)]
    [InlineData(OverflowPolicy.LatestPerKey, 1, true)]
    public void Eight_threads_and_every_item_is_accounted_for(OverflowPolicy overflow, int concurrency, bool asynchronous)
    {
        const int Each = 20_000;
        long calls = 0;
        var running = 0;
        var most = 0;
        using var handler = Make<int>(
            async (item, _) =>
            {
                Raise(ref most, Interlocked.Increment(ref running));
                Interlocked.Increment(ref calls);
                if (asynchronous && item % 16 == 0)
                {
                    await Task.Yield();
                }

                Interlocked.Decrement(ref running);
                if (item % 1000 == 7)
                {
                    throw new InvalidOperationException();
                }
            },
            new() { Capacity = 50, Concurrency = concurrency, Overflow = overflow, LatestKey = item => (item % 60).ToString(System.Globalization.CultureInfo.InvariantCulture) },
            TaskPoolScheduler.Default,
            _faults);

        Join([.. Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                handler.Offer(i);
            }
        }))]);
        Until(() => handler.GetStatistics() is { Pending: 0, Running: 0 } s && s.Handled + s.Failed + s.Dropped == s.Offered);

        var s = handler.GetStatistics();
        Assert.Equal(8 * Each, s.Offered);
        Assert.Equal(calls, s.Handled + s.Failed);
        Assert.Equal(s.Dropped, _faults.Count(fault => fault.Reason == FaultReason.QueueFull));
        Assert.Equal(s.Failed, _faults.Count(fault => fault.Reason == FaultReason.HandlerFailed));
        Assert.InRange(most, 1, concurrency);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void With_concurrency_1_order_is_kept(bool asynchronous)
    {
        const int Count = 20_000;
        List<int> seen = [];
        using var done = new ManualResetEventSlim();
        using var handler = Make<int>(
            async (item, _) =>
            {
                if (asynchronous && item % 10 == 0)
                {
                    await Task.Yield();
                }

                seen.Add(item);
                if (item == Count - 1)
                {
                    done.Set();
                }
            },
            new() { Capacity = Count, Concurrency = 1 },
            TaskPoolScheduler.Default,
            _faults);

        for (var i = 0; i < Count; i++)
        {
            handler.Offer(i);
        }

        Assert.True(done.Wait(Deadline));
        Assert.Equal(Enumerable.Range(0, Count), seen);
    }

    [Fact]
    public void An_item_that_comes_as_the_last_thread_leaves_is_not_forgotten()
    {
        using var handled = new SemaphoreSlim(0);
        using var handler = Make<int>(_ => handled.Release(), new() { Concurrency = 1 }, TaskPoolScheduler.Default, _faults);

        for (var i = 0; i < 5_000; i++)
        {
            handler.Offer(i);
            Assert.True(handled.Wait(Deadline));
        }
    }

    [Fact]
    public void Timeouts_race_returns_and_every_item_is_counted_once()
    {
        const int Count = 3000;
        var pending = new ConcurrentQueue<TaskCompletionSource>();
        using var handler = Make<int>(
            (_, _) =>
            {
                var task = new TaskCompletionSource();
                pending.Enqueue(task);
                return new ValueTask(task.Task);
            },
            new() { Capacity = Count, Concurrency = 64, Timeout = TimeSpan.FromMilliseconds(1) },
            TaskPoolScheduler.Default,
            _faults);
        for (var i = 0; i < Count; i++)
        {
            handler.Offer(i);
        }

        for (var ended = 0; ended < Count;)
        {
            if (pending.TryDequeue(out var task))
            {
                task.SetResult();
                ended++;
            }
            else
            {
                Thread.Yield();
            }
        }

        Until(() => handler.GetStatistics() is { Running: 0, Overdue: 0, Pending: 0 });
        var s = handler.GetStatistics();
        Assert.Equal(Count, s.Handled + s.TimedOut);
        Assert.Equal(s.TimedOut, _faults.Count(fault => fault.Reason == FaultReason.HandlerTimeout));
    }

    [Fact]
    public void Dispose_races_with_offers_and_every_item_is_accounted_for()
    {
        for (var round = 0; round < 200; round++)
        {
            var handler = Make<int>(_ => { }, new() { Capacity = 16, Concurrency = 2 }, TaskPoolScheduler.Default, _faults);
            using var start = new Barrier(3);

            Join(
                new Thread(() => Offer(start, handler)),
                new Thread(() => Offer(start, handler)),
                new Thread(() =>
                {
                    start.SignalAndWait(Deadline);
                    handler.Dispose();
                }));

            Until(() => handler.GetStatistics() is { Pending: 0, Running: 0 } s && s.Handled + s.Dropped == 400);
        }

        static void Offer(Barrier start, BoundedHandler<int> handler)
        {
            start.SignalAndWait(Deadline);
            for (var i = 0; i < 200; i++)
            {
                handler.Offer(i);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public void Offering_allocates_nothing_in_steady_state(int concurrency)
    {
        var handled = 0;
        var offered = 0;
        using var handler = Make<string>(_ => Interlocked.Increment(ref handled), new() { Concurrency = concurrency }, TaskPoolScheduler.Default, _faults);
        Offer(50);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Offer(100);

        // What the thread pool's queue takes, and a helper's timer now and then: far below one object per item.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 50_000d, 0, 2);
        Assert.Empty(_faults);

        void Offer(int bursts)
        {
            for (var burst = 0; burst < bursts; burst++)
            {
                for (var i = 0; i < 500; i++)
                {
                    handler.Offer("");
                }

                offered += 500;
                while (Volatile.Read(ref handled) != offered)
                {
                    Thread.Yield();
                }
            }
        }
    }

    [Fact]
    public void A_scheduler_that_is_gone_is_a_fault_and_does_not_throw_at_the_source()
    {
        var scheduler = new EventLoopScheduler();
        scheduler.Dispose();
        var handler = Make<int>(_ => { }, new(), scheduler, _faults);

        handler.Offer(1);

        Assert.IsType<ObjectDisposedException>(Assert.Single(_faults).Exception);
        Assert.Equal(1, handler.GetStatistics().Pending);
        handler.Dispose();
        AssertBalanced(handler.GetStatistics());
    }

    private static IScheduler SchedulerOf(string name) => name switch
    {
        "pool" => TaskPoolScheduler.Default,
        "default" => DefaultScheduler.Instance,
        "tasks" => new TaskPoolScheduler(new TaskFactory()),
        _ => NewThreadScheduler.Default,
    };

    private static void Raise(ref int most, int value)
    {
        int seen;
        while (value > (seen = Volatile.Read(ref most)) && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }
}
