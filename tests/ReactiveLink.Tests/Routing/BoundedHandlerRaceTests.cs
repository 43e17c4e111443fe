using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using ReactiveLink.Routing;
using static ReactiveLink.Tests.Routing.HandlerBench;

namespace ReactiveLink.Tests.Routing;

/// <summary>Counters, order and allocation under threads. On real threads, each wait with a deadline.</summary>
public sealed class BoundedHandlerRaceTests
{
    private readonly ConcurrentQueue<Fault> _faults = new();

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
        AssertBalanced(s);
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
        var handled = 0;
        using var handler = Make<int>(_ => Interlocked.Increment(ref handled), new() { Concurrency = 1 }, TaskPoolScheduler.Default, _faults);

        for (var i = 1; i <= 50_000; i++)
        {
            handler.Offer(i);
            for (var spins = 0; Volatile.Read(ref handled) != i; spins++)
            {
                if (spins > 1000)
                {
                    Until(() => Volatile.Read(ref handled) == i);
                }
            }

            // The next one comes some nanoseconds later each time.
            Thread.SpinWait(i % 32);
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
}
