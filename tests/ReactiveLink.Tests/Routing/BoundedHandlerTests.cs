using static ReactiveLink.Tests.Routing.HandlerBench;

namespace ReactiveLink.Tests.Routing;

/// <summary>Queue, overflow, concurrency.</summary>
public sealed class BoundedHandlerTests : VirtualHandlerTests
{
    [Fact]
    public void Nothing_is_scheduled_while_there_is_no_work()
    {
        using var handler = Make<int>(Note, new(), Scheduler, Faults);

        Scheduler.Start();

        Assert.Equal(0, Scheduler.Clock);
    }

    [Fact]
    public void An_offer_only_queues_and_theScheduler_handles()
    {
        using var handler = Make<int>(Note, new(), Scheduler, Faults);

        handler.Offer(1);
        handler.Offer(2);

        Assert.Empty(Handled);
        Assert.Equal(new RouteStatistics("test", 2, 0, 0, 0, 0, 2, 0, 0), handler.GetStatistics());
        Scheduler.AdvanceTo(1);
        Assert.Equal([(1, 1), (1, 2)], Handled);
        Assert.Equal(new RouteStatistics("test", 2, 2, 0, 0, 0, 0, 0, 0), handler.GetStatistics());
    }

    [Fact]
    public void At_1000_waiting_the_newest_is_dropped()
    {
        using var handler = Make<int>(Note, new(), Scheduler, Faults);

        for (var i = 0; i < 1003; i++)
        {
            handler.Offer(i);
        }

        Assert.Equal(new RouteStatistics("test", 1003, 0, 0, 0, 3, 1000, 0, 0), handler.GetStatistics());
        Assert.Equal(3, Faults.Count);
        Assert.All(Faults, fault => Assert.Equal((FaultReason.QueueFull, "test", 1L), (fault.Reason, fault.Detail, fault.Count)));
        Scheduler.Start();
        Assert.Equal(Enumerable.Range(0, 1000), Handled.Select(h => h.Item));
        Assert.Equal(new RouteStatistics("test", 1003, 1000, 0, 0, 3, 0, 0, 0), handler.GetStatistics());
    }

    [Fact]
    public void Drop_oldest_keeps_the_newest()
    {
        using var handler = Make<int>(Note, new() { Capacity = 3, Overflow = OverflowPolicy.DropOldest }, Scheduler, Faults);

        for (var i = 0; i < 10; i++)
        {
            handler.Offer(i);
        }

        Scheduler.Start();

        Assert.Equal([7, 8, 9], Handled.Select(h => h.Item));
        Assert.Equal(7, handler.GetStatistics().Dropped);
        Assert.Equal(7, Faults.Count);
    }

    [Fact]
    public void Latest_per_key_keeps_one_item_and_its_turn()
    {
        using var handler = Make<(string? Key, int Value)>(
            x => Note(x.Value),
            new() { Capacity = 3, Overflow = OverflowPolicy.LatestPerKey, LatestKey = x => x.Key },
            Scheduler,
            Faults);

        handler.Offer(("a", 1));
        handler.Offer(("b", 2));
        handler.Offer(("a", 3));
        handler.Offer((null, 4));
        handler.Offer(("c", 5));
        handler.Offer((null, 6));
        Scheduler.Start();
        handler.Offer(("c", 7));
        Scheduler.Start();

        Assert.Equal([3, 2, 6, 7], Handled.Select(h => h.Item));
        Assert.Equal(new RouteStatistics("test", 7, 4, 0, 0, 3, 0, 0, 0), handler.GetStatistics());
        Assert.Equal(3, Faults.Count);
    }

    [Fact]
    public void A_key_selector_that_throws_fails_its_item_alone()
    {
        var error = new InvalidOperationException();
        using var handler = Make<int>(
            Note,
            new() { Overflow = OverflowPolicy.LatestPerKey, LatestKey = x => x == 1 ? throw error : "k" },
            Scheduler,
            Faults);

        handler.Offer(1);
        handler.Offer(2);
        Scheduler.Start();

        Assert.Equal([2], Handled.Select(h => h.Item));
        Assert.Equal(new RouteStatistics("test", 2, 1, 1, 0, 0, 0, 0, 0), handler.GetStatistics());
        Assert.Same(error, Assert.Single(Faults).Exception);
    }

    [Fact]
    public void Asynchronous_handlers_never_exceed_the_concurrency()
    {
        using var handler = Make<int>(Begin, new() { Concurrency = 3 }, Scheduler, Faults);

        for (var i = 0; i < 7; i++)
        {
            handler.Offer(i);
        }

        Scheduler.AdvanceBy(10);
        Assert.Equal([0, 1, 2], Handled.Select(h => h.Item));
        Assert.Equal(3, handler.GetStatistics().Running);
        Inline(() => Started[1].SetResult());
        Scheduler.AdvanceBy(10);
        Assert.Equal([0, 1, 2, 3], Handled.Select(h => h.Item));
        Assert.Equal(3, handler.GetStatistics().Running);
        Complete();
        Assert.Equal(Enumerable.Range(0, 7), Handled.Select(h => h.Item));
        Assert.Equal(new RouteStatistics("test", 7, 7, 0, 0, 0, 0, 0, 0), handler.GetStatistics());
    }

    [Fact]
    public void With_concurrency_1_the_next_begins_after_the_one_before_has_ended()
    {
        using var handler = Make<int>(Begin, new() { Concurrency = 1 }, Scheduler, Faults);
        handler.Offer(0);
        handler.Offer(1);

        Scheduler.AdvanceTo(100);
        Assert.Equal([(1, 0)], Handled);
        Inline(() => Started[0].SetResult());
        Assert.Single(Handled);
        Scheduler.AdvanceTo(200);

        Assert.Equal([(1, 0), (101, 1)], Handled);
    }
}
