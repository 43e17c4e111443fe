using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using ReactiveLink.Routing;
using static ReactiveLink.Tests.Routing.HandlerBench;

namespace ReactiveLink.Tests.Routing;

/// <summary>Drained: what is there is handled, what comes is dropped, and the end is told.</summary>
public sealed class BoundedHandlerDrainTests : VirtualHandlerTests
{
    [Fact]
    public void What_waits_is_handled_what_comes_is_a_fault_and_then_it_is_drained()
    {
        using var handler = Make<int>(Begin, new() { Concurrency = 1 }, Scheduler, Faults);
        handler.Offer(1);
        handler.Offer(2);
        Scheduler.AdvanceTo(10);

        var drained = handler.DrainAsync();
        handler.Offer(3);

        var fault = Assert.Single(Faults);
        Assert.Equal((FaultReason.Draining, 1L, "test"), (fault.Reason, fault.Count, fault.Detail));
        Assert.False(drained.IsCompleted);
        Inline(() => Started[0].SetResult());
        Scheduler.AdvanceBy(10);
        Assert.False(drained.IsCompleted);
        Complete();
        Assert.True(drained.IsCompletedSuccessfully);
        Assert.Equal([1, 2], Handled.Select(h => h.Item));
        Assert.Equal(new RouteStatistics("test", 3, 2, 0, 0, 1, 0, 0, 0), handler.GetStatistics());
    }

    [Fact]
    public void An_idle_one_is_drained_at_once_and_stays_so()
    {
        using var handler = Make<int>(Begin, new(), Scheduler, Faults);

        Assert.True(handler.DrainAsync().IsCompletedSuccessfully);
        handler.Offer(1);

        Assert.True(handler.DrainAsync().IsCompletedSuccessfully);
        Assert.Equal(1, handler.GetStatistics().Dropped);
    }

    [Fact]
    public void Failures_and_timeouts_are_ends_too_and_overdue_handlers_are_not_waited_for()
    {
        using var handler = Make<int>(
            (item, cancel) => item == 1 ? throw new InvalidOperationException() : Begin(item, cancel),
            new() { Timeout = TimeSpan.FromTicks(100) },
            Scheduler,
            Faults);
        handler.Offer(1);
        handler.Offer(2);
        Scheduler.AdvanceTo(10);

        var drained = handler.DrainAsync();
        Assert.False(drained.IsCompleted);
        Scheduler.AdvanceTo(200);

        Assert.True(drained.IsCompletedSuccessfully);
        Assert.Equal([FaultReason.HandlerFailed, FaultReason.HandlerTimeout], Faults.Select(f => f.Reason));
        Assert.Equal(new RouteStatistics("test", 2, 0, 1, 1, 0, 0, 0, 1), handler.GetStatistics());
    }

    [Fact]
    public void Cut_off_what_waits_is_one_fault_and_what_runs_has_timed_out()
    {
        using var handler = MakeBusy(out var tokens);
        var drained = handler.DrainAsync();

        handler.CutOff();
        handler.CutOff();

        Assert.True(drained.IsCompletedSuccessfully);
        Assert.True(Assert.Single(tokens).IsCancellationRequested);
        Assert.Equal([(FaultReason.Draining, 3L), (FaultReason.HandlerTimeout, 1L)], Faults.Select(f => (f.Reason, f.Count)));
        Assert.Equal(new RouteStatistics("test", 4, 0, 0, 1, 3, 0, 0, 1), handler.GetStatistics());
        Complete();
        Assert.Equal(new RouteStatistics("test", 4, 0, 0, 1, 3, 0, 0, 0), handler.GetStatistics());
    }

    [Theory]
    [InlineData(FaultReason.HandlerFailed)]
    [InlineData(FaultReason.HandlerTimeout)]
    [InlineData(FaultReason.QueueFull)]
    public void It_is_not_drained_before_the_last_fault_is_told(FaultReason reason)
    {
        BoundedHandler<int>? handler = null;
        Task? drained = null;
        var wasDrained = false;
        handler = new BoundedHandler<int>(
            (item, cancel) => item == 1 && reason == FaultReason.HandlerFailed ? throw new InvalidOperationException() : Begin(item, cancel),
            cancellable: true,
            new() { Capacity = 1, Concurrency = 1, Timeout = TimeSpan.FromTicks(100) },
            "test",
            Scheduler,
            fault =>
            {
                Faults.Enqueue(fault);
                drained = handler!.DrainAsync();
                wasDrained = drained.IsCompleted;
            });
        handler.Offer(1);
        if (reason == FaultReason.QueueFull)
        {
            handler.Offer(2);
        }

        Scheduler.AdvanceTo(200);

        Assert.Equal(reason, Faults.First().Reason);
        Assert.False(wasDrained);
        Complete();
        Scheduler.Start();
        Assert.True(drained!.IsCompletedSuccessfully);
        handler.Dispose();
    }

    [Fact]
    public void Dispose_ends_a_drain()
    {
        var handler = Make<int>(Begin, new() { Concurrency = 1 }, Scheduler, Faults);
        handler.Offer(1);
        handler.Offer(2);
        Scheduler.AdvanceTo(10);
        var drained = handler.DrainAsync();

        handler.Dispose();

        Assert.True(drained.IsCompletedSuccessfully);
        Assert.Equal((FaultReason.Draining, 1L), (Assert.Single(Faults).Reason, Faults.First().Count));
        Assert.True(handler.DrainAsync().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task On_many_threads_every_drain_ends_and_everything_is_accounted_for()
    {
        for (var round = 0; round < 200; round++)
        {
            var faults = new ConcurrentQueue<Fault>();
            var handled = 0;
            using var handler = Make<int>(
                async (item, _) =>
                {
                    if (item % 3 == 0)
                    {
                        await Task.Yield();
                    }

                    Interlocked.Increment(ref handled);
                },
                new() { Concurrency = 3 },
                TaskPoolScheduler.Default,
                faults);
            using var go = new Barrier(3);
            void Produce()
            {
                go.SignalAndWait(Deadline);
                for (var i = 0; i < 50; i++)
                {
                    handler.Offer(i);
                }
            }

            var producers = new[] { Task.Run(Produce), Task.Run(Produce) };
            go.SignalAndWait(Deadline);
            var drained = handler.DrainAsync();
            await Task.WhenAll([drained, .. producers]).WaitAsync(Deadline);

            var statistics = handler.GetStatistics();
            Assert.Equal((100, handled, 0, 0), (statistics.Offered, (int)statistics.Handled, statistics.Pending, statistics.Running));
            Assert.Equal(statistics.Dropped, faults.Sum(f => f.Count));
            Assert.Equal(100, statistics.Handled + statistics.Dropped);
        }
    }
}
