using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using static ReactiveLink.Tests.Routing.HandlerBench;

namespace ReactiveLink.Tests.Routing;

/// <summary>Handlers that block. On real threads, each wait with a deadline.</summary>
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
            new() { Concurrency = 2, Timeout = TimeSpan.FromSeconds(1) },
            TaskPoolScheduler.Default,
            _faults);

        for (var i = 0; i <= 50; i++)
        {
            handler.Offer(i);
        }

        Assert.True(done.Wait(Deadline));
        Until(() => handler.GetStatistics() is { Handled: 50, Overdue: 1, TimedOut: 1 });
        Until(() => !_faults.IsEmpty);
        release.Set();
        Until(() => handler.GetStatistics().Overdue == 0);
        Assert.Equal(FaultReason.HandlerTimeout, Assert.Single(_faults).Reason);
        AssertBalanced(handler.GetStatistics());
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
}
