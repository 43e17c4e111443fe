using static ReactiveLink.Tests.Routing.HandlerBench;

namespace ReactiveLink.Tests.Routing;

/// <summary>Timeouts and tokens.</summary>
public sealed class BoundedHandlerTimeoutTests : VirtualHandlerTests
{
    [Fact]
    public void Timeout_at_exactly_5_seconds()
    {
        var token = default(CancellationToken);
        var cancelledAt = 0L;
        using var handler = Make<int>(
            (_, cancel) =>
            {
                token = cancel;
                cancel.Register(() => cancelledAt = Scheduler.Clock);
                return new ValueTask(new TaskCompletionSource().Task);
            },
            new(),
            Scheduler,
            Faults);
        handler.Offer(1);

        Scheduler.AdvanceTo(TimeSpan.FromSeconds(5).Ticks);
        Assert.False(token.IsCancellationRequested);
        Assert.Empty(Faults);
        Scheduler.AdvanceBy(1);

        Assert.True(token.IsCancellationRequested);
        Assert.Equal(TimeSpan.FromSeconds(5).Ticks + 1, cancelledAt);
        var fault = Assert.Single(Faults);
        Assert.Equal((FaultReason.HandlerTimeout, "test"), (fault.Reason, fault.Detail));
        Assert.Equal(cancelledAt, fault.At.UtcTicks);
        Assert.Equal(new RouteStatistics("test", 1, 0, 0, 1, 0, 0, 0, 1), handler.GetStatistics());
    }

    [Fact]
    public void Each_of_several_handlers_times_out_at_its_own_time()
    {
        using var handler = Make<int>(Begin, new() { Timeout = TimeSpan.FromTicks(100) }, Scheduler, Faults);
        foreach (var at in new[] { 10, 40, 40, 90, 300 })
        {
            Scheduler.ScheduleAbsolute(0, at, (_, _) =>
            {
                handler.Offer(at);
                return System.Reactive.Disposables.Disposable.Empty;
            });
        }

        Scheduler.AdvanceTo(120);
        Inline(() => Started[1].SetResult());
        Scheduler.Start();

        Assert.Equal([111L, 141, 191, 401], Faults.Select(fault => fault.At.UtcTicks));
        Assert.Equal((1, 4, 4), (handler.GetStatistics().Handled, handler.GetStatistics().TimedOut, handler.GetStatistics().Overdue));
    }

    [Fact]
    public void A_handler_that_times_out_keeps_its_place_until_it_returns_and_its_result_is_ignored()
    {
        using var handler = Make<int>(Begin, new() { Concurrency = 2, Timeout = TimeSpan.FromTicks(100) }, Scheduler, Faults);
        for (var i = 0; i < 4; i++)
        {
            handler.Offer(i);
        }

        Scheduler.AdvanceTo(1000);
        Assert.Equal(new RouteStatistics("test", 4, 0, 0, 2, 0, 2, 0, 2), handler.GetStatistics());
        Inline(() => Started[0].SetException(new InvalidOperationException("late")));
        Inline(() => Started[1].SetResult());
        Scheduler.AdvanceTo(1050);

        Assert.Equal(new RouteStatistics("test", 4, 0, 0, 2, 0, 0, 2, 0), handler.GetStatistics());
        Inline(() => Started[2].SetResult());
        Inline(() => Started[3].SetResult());
        Assert.Equal(new RouteStatistics("test", 4, 2, 0, 2, 0, 0, 0, 0), handler.GetStatistics());
        Assert.Equal([FaultReason.HandlerTimeout, FaultReason.HandlerTimeout], Faults.Select(fault => fault.Reason));
    }

    [Fact]
    public void A_reused_token_is_fresh()
    {
        List<CancellationToken> tokens = [];
        var callbacks = 0;
        using var handler = Make<int>(
            (item, cancel) =>
            {
                Assert.False(cancel.IsCancellationRequested);
                tokens.Add(cancel);
                cancel.Register(() => callbacks++);
                return item % 2 == 0 ? ValueTask.CompletedTask : Begin(item, cancel);
            },
            new() { Concurrency = 1, Timeout = TimeSpan.FromTicks(100) },
            Scheduler,
            Faults);
        for (var i = 0; i < 4; i++)
        {
            handler.Offer(i);
        }

        Scheduler.AdvanceTo(500);
        Inline(() => Started[0].SetResult());
        Scheduler.AdvanceTo(1000);

        Assert.Equal(4, tokens.Count);
        Assert.Equal(2, callbacks);
    }

    [Fact]
    public void An_infinite_timeout_schedules_no_timer()
    {
        using var handler = Make<int>(Begin, new() { Timeout = Timeout.InfiniteTimeSpan }, Scheduler, Faults);
        handler.Offer(1);

        Scheduler.Start();

        Assert.Equal(1, Scheduler.Clock);
        Assert.Equal(1, handler.GetStatistics().Running);
    }

    [Fact]
    public void A_callback_of_the_token_that_throws_is_a_fault_of_its_own()
    {
        using var handler = Make<int>(
            (item, cancel) =>
            {
                cancel.Register(() => throw new InvalidOperationException());
                return Begin(item, cancel);
            },
            new(),
            Scheduler,
            Faults);
        handler.Offer(1);

        Scheduler.Start();

        Assert.Equal([FaultReason.HandlerTimeout, FaultReason.HandlerFailed], Faults.Select(fault => fault.Reason));
        Assert.Equal((0, 1), (handler.GetStatistics().Failed, handler.GetStatistics().TimedOut));
    }
}
