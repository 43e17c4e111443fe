using System.Collections.Concurrent;
using Microsoft.Reactive.Testing;
using ReactiveLink.Routing;
using static ReactiveLink.Tests.Routing.HandlerBench;

namespace ReactiveLink.Tests.Routing;

/// <summary>In virtual time: nothing here runs on another thread.</summary>
public sealed class BoundedHandlerTests : ReactiveTest
{
    private readonly TestScheduler _scheduler = new();
    private readonly ConcurrentQueue<Fault> _faults = new();
    private readonly List<(long Time, int Item)> _handled = [];
    private readonly List<TaskCompletionSource> _started = [];

    [Fact]
    public void Nothing_is_scheduled_while_there_is_no_work()
    {
        using var handler = Make<int>(Note, new(), _scheduler, _faults);

        _scheduler.Start();

        Assert.Equal(0, _scheduler.Clock);
    }

    [Fact]
    public void An_offer_only_queues_and_the_scheduler_handles()
    {
        using var handler = Make<int>(Note, new(), _scheduler, _faults);

        handler.Offer(1);
        handler.Offer(2);

        Assert.Empty(_handled);
        Assert.Equal(new RouteStatistics("test", 2, 0, 0, 0, 0, 2, 0, 0), handler.GetStatistics());
        _scheduler.AdvanceTo(1);
        Assert.Equal([(1, 1), (1, 2)], _handled);
        Assert.Equal(new RouteStatistics("test", 2, 2, 0, 0, 0, 0, 0, 0), handler.GetStatistics());
    }

    [Fact]
    public void At_1000_waiting_the_newest_is_dropped()
    {
        using var handler = Make<int>(Note, new(), _scheduler, _faults);

        for (var i = 0; i < 1003; i++)
        {
            handler.Offer(i);
        }

        Assert.Equal(new RouteStatistics("test", 1003, 0, 0, 0, 3, 1000, 0, 0), handler.GetStatistics());
        Assert.Equal(3, _faults.Count);
        Assert.All(_faults, fault => Assert.Equal((FaultReason.QueueFull, "test", 1L), (fault.Reason, fault.Detail, fault.Count)));
        _scheduler.Start();
        Assert.Equal(Enumerable.Range(0, 1000), _handled.Select(h => h.Item));
        Assert.Equal(new RouteStatistics("test", 1003, 1000, 0, 0, 3, 0, 0, 0), handler.GetStatistics());
    }

    [Fact]
    public void Drop_oldest_keeps_the_newest()
    {
        using var handler = Make<int>(Note, new() { Capacity = 3, Overflow = OverflowPolicy.DropOldest }, _scheduler, _faults);

        for (var i = 0; i < 10; i++)
        {
            handler.Offer(i);
        }

        _scheduler.Start();

        Assert.Equal([7, 8, 9], _handled.Select(h => h.Item));
        Assert.Equal(7, handler.GetStatistics().Dropped);
        Assert.Equal(7, _faults.Count);
    }

    [Fact]
    public void Latest_per_key_keeps_one_item_and_its_turn()
    {
        using var handler = Make<(string? Key, int Value)>(
            x => Note(x.Value),
            new() { Capacity = 3, Overflow = OverflowPolicy.LatestPerKey, LatestKey = x => x.Key },
            _scheduler,
            _faults);

        handler.Offer(("a", 1));
        handler.Offer(("b", 2));
        handler.Offer(("a", 3));
        handler.Offer((null, 4));
        handler.Offer(("c", 5));
        handler.Offer((null, 6));
        _scheduler.Start();
        handler.Offer(("c", 7));
        _scheduler.Start();

        Assert.Equal([3, 2, 6, 7], _handled.Select(h => h.Item));
        Assert.Equal(new RouteStatistics("test", 7, 4, 0, 0, 3, 0, 0, 0), handler.GetStatistics());
        Assert.Equal(3, _faults.Count);
    }

    [Fact]
    public void A_key_selector_that_throws_fails_its_item_alone()
    {
        var error = new InvalidOperationException();
        using var handler = Make<int>(
            Note,
            new() { Overflow = OverflowPolicy.LatestPerKey, LatestKey = x => x == 1 ? throw error : "k" },
            _scheduler,
            _faults);

        handler.Offer(1);
        handler.Offer(2);
        _scheduler.Start();

        Assert.Equal([2], _handled.Select(h => h.Item));
        Assert.Equal(new RouteStatistics("test", 2, 1, 1, 0, 0, 0, 0, 0), handler.GetStatistics());
        Assert.Same(error, Assert.Single(_faults).Exception);
    }

    [Fact]
    public void Asynchronous_handlers_never_exceed_the_concurrency()
    {
        using var handler = Make<int>(Begin, new() { Concurrency = 3 }, _scheduler, _faults);

        for (var i = 0; i < 7; i++)
        {
            handler.Offer(i);
        }

        _scheduler.AdvanceBy(10);
        Assert.Equal([0, 1, 2], _handled.Select(h => h.Item));
        Assert.Equal(3, handler.GetStatistics().Running);
        Inline(() => _started[1].SetResult());
        _scheduler.AdvanceBy(10);
        Assert.Equal([0, 1, 2, 3], _handled.Select(h => h.Item));
        Assert.Equal(3, handler.GetStatistics().Running);
        Complete();
        Assert.Equal(Enumerable.Range(0, 7), _handled.Select(h => h.Item));
        Assert.Equal(new RouteStatistics("test", 7, 7, 0, 0, 0, 0, 0, 0), handler.GetStatistics());
    }

    [Fact]
    public void With_concurrency_1_the_next_begins_after_the_one_before_has_ended()
    {
        using var handler = Make<int>(Begin, new() { Concurrency = 1 }, _scheduler, _faults);
        handler.Offer(0);
        handler.Offer(1);

        _scheduler.AdvanceTo(100);
        Assert.Equal([(1, 0)], _handled);
        Inline(() => _started[0].SetResult());
        Assert.Single(_handled);
        _scheduler.AdvanceTo(200);

        Assert.Equal([(1, 0), (101, 1)], _handled);
    }

    [Fact]
    public void Timeout_at_exactly_5_seconds()
    {
        var token = default(CancellationToken);
        var cancelledAt = 0L;
        using var handler = Make<int>(
            (_, cancel) =>
            {
                token = cancel;
                cancel.Register(() => cancelledAt = _scheduler.Clock);
                return new ValueTask(new TaskCompletionSource().Task);
            },
            new(),
            _scheduler,
            _faults);
        handler.Offer(1);

        _scheduler.AdvanceTo(TimeSpan.FromSeconds(5).Ticks);
        Assert.False(token.IsCancellationRequested);
        Assert.Empty(_faults);
        _scheduler.AdvanceBy(1);

        Assert.True(token.IsCancellationRequested);
        Assert.Equal(TimeSpan.FromSeconds(5).Ticks + 1, cancelledAt);
        var fault = Assert.Single(_faults);
        Assert.Equal((FaultReason.HandlerTimeout, "test"), (fault.Reason, fault.Detail));
        Assert.Equal(cancelledAt, fault.At.UtcTicks);
        Assert.Equal(new RouteStatistics("test", 1, 0, 0, 1, 0, 0, 0, 1), handler.GetStatistics());
    }

    [Fact]
    public void Each_of_several_handlers_times_out_at_its_own_time()
    {
        using var handler = Make<int>(Begin, new() { Timeout = TimeSpan.FromTicks(100) }, _scheduler, _faults);
        foreach (var at in new[] { 10, 40, 40, 90, 300 })
        {
            _scheduler.ScheduleAbsolute(0, at, (_, _) =>
            {
                handler.Offer(at);
                return System.Reactive.Disposables.Disposable.Empty;
            });
        }

        _scheduler.AdvanceTo(120);
        Inline(() => _started[1].SetResult());
        _scheduler.Start();

        Assert.Equal([111L, 141, 191, 401], _faults.Select(fault => fault.At.UtcTicks));
        Assert.Equal((1, 4, 4), (handler.GetStatistics().Handled, handler.GetStatistics().TimedOut, handler.GetStatistics().Overdue));
    }

    [Fact]
    public void A_handler_that_times_out_keeps_its_place_until_it_returns_and_its_result_is_ignored()
    {
        using var handler = Make<int>(Begin, new() { Concurrency = 2, Timeout = TimeSpan.FromTicks(100) }, _scheduler, _faults);
        for (var i = 0; i < 4; i++)
        {
            handler.Offer(i);
        }

        _scheduler.AdvanceTo(1000);
        Assert.Equal(new RouteStatistics("test", 4, 0, 0, 2, 0, 2, 0, 2), handler.GetStatistics());
        Inline(() => _started[0].SetException(new InvalidOperationException("late")));
        Inline(() => _started[1].SetResult());
        _scheduler.AdvanceTo(1050);

        Assert.Equal(new RouteStatistics("test", 4, 0, 0, 2, 0, 0, 2, 0), handler.GetStatistics());
        Inline(() => _started[2].SetResult());
        Inline(() => _started[3].SetResult());
        Assert.Equal(new RouteStatistics("test", 4, 2, 0, 2, 0, 0, 0, 0), handler.GetStatistics());
        Assert.Equal([FaultReason.HandlerTimeout, FaultReason.HandlerTimeout], _faults.Select(fault => fault.Reason));
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
            _scheduler,
            _faults);
        for (var i = 0; i < 4; i++)
        {
            handler.Offer(i);
        }

        _scheduler.AdvanceTo(500);
        Inline(() => _started[0].SetResult());
        _scheduler.AdvanceTo(1000);

        Assert.Equal(4, tokens.Count);
        Assert.Equal(2, callbacks);
    }

    [Fact]
    public void An_infinite_timeout_schedules_no_timer()
    {
        using var handler = Make<int>(Begin, new() { Timeout = Timeout.InfiniteTimeSpan }, _scheduler, _faults);
        handler.Offer(1);

        _scheduler.Start();

        Assert.Equal(1, _scheduler.Clock);
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
            _scheduler,
            _faults);
        handler.Offer(1);

        _scheduler.Start();

        Assert.Equal([FaultReason.HandlerTimeout, FaultReason.HandlerFailed], _faults.Select(fault => fault.Reason));
        Assert.Equal((0, 1), (handler.GetStatistics().Failed, handler.GetStatistics().TimedOut));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_handler_that_throws_is_a_fault_and_the_next_item_is_handled(bool synchronously)
    {
        var error = new InvalidOperationException();
        using var handler = Make<int>(
            (item, _) =>
            {
                Note(item);
                return item != 1 ? ValueTask.CompletedTask : synchronously ? throw error : ValueTask.FromException(error);
            },
            new(),
            _scheduler,
            _faults);

        handler.Offer(1);
        handler.Offer(2);
        _scheduler.Start();

        Assert.Equal([1, 2], _handled.Select(h => h.Item));
        var fault = Assert.Single(_faults);
        Assert.Equal((FaultReason.HandlerFailed, "test"), (fault.Reason, fault.Detail));
        Assert.Same(error, fault.Exception);
        Assert.Equal(new RouteStatistics("test", 2, 1, 1, 0, 0, 0, 0, 0), handler.GetStatistics());
    }

    [Fact]
    public void A_handler_that_fails_later_is_a_fault_too()
    {
        using var handler = Make<int>(Begin, new(), _scheduler, _faults);
        handler.Offer(1);
        _scheduler.AdvanceTo(10);

        Inline(() => _started[0].SetCanceled());

        Assert.IsAssignableFrom<OperationCanceledException>(Assert.Single(_faults).Exception);
        Assert.Equal(new RouteStatistics("test", 1, 0, 1, 0, 0, 0, 0, 0), handler.GetStatistics());
    }

    [Fact]
    public void Dispose_cancels_what_runs_and_drops_what_waits()
    {
        List<CancellationToken> tokens = [];
        var handler = Make<int>(
            (item, cancel) =>
            {
                tokens.Add(cancel);
                return Begin(item, cancel);
            },
            new() { Concurrency = 1 },
            _scheduler,
            _faults);
        for (var i = 0; i < 4; i++)
        {
            handler.Offer(i);
        }

        _scheduler.AdvanceTo(10);
        handler.Dispose();
        handler.Dispose();

        Assert.True(Assert.Single(tokens).IsCancellationRequested);
        Assert.Equal(new RouteStatistics("test", 4, 0, 0, 0, 3, 0, 1, 0), handler.GetStatistics());
        handler.Offer(5);
        Assert.Equal(4, handler.GetStatistics().Dropped);
        Inline(() => _started[0].SetCanceled(tokens[0]));
        _scheduler.Start();
        Assert.Single(_handled);
        Assert.Empty(_faults);
        Assert.Equal(new RouteStatistics("test", 5, 0, 1, 0, 4, 0, 0, 0), handler.GetStatistics());
    }

    [Fact]
    public void Dispose_inside_the_handler()
    {
        BoundedHandler<int>? handler = null;
        var cancelled = false;
        handler = Make<int>(
            (item, cancel) =>
            {
                Note(item);
                handler!.Dispose();
                cancelled = cancel.IsCancellationRequested;
                return ValueTask.CompletedTask;
            },
            new(),
            _scheduler,
            _faults);
        handler.Offer(1);
        handler.Offer(2);

        _scheduler.Start();

        Assert.True(cancelled);
        Assert.Equal([1], _handled.Select(h => h.Item));
        Assert.Equal(new RouteStatistics("test", 2, 1, 0, 0, 1, 0, 0, 0), handler.GetStatistics());
    }

    [Fact]
    public void Offer_inside_the_handler()
    {
        BoundedHandler<int>? handler = null;
        handler = Make<int>(
            item =>
            {
                Note(item);
                if (item < 5)
                {
                    handler!.Offer(item + 1);
                }
            },
            new(),
            _scheduler,
            _faults);

        handler.Offer(1);
        _scheduler.AdvanceTo(10);

        Assert.Equal([1, 2, 3, 4, 5], _handled.Select(h => h.Item));
        handler.Dispose();
    }

    [Fact]
    public void The_peer_of_a_message_is_in_its_faults()
    {
        using var handler = Make<Message>(_ => throw new InvalidOperationException(), new(), _scheduler, _faults);

        handler.Offer(Messages.Frames.Message());
        _scheduler.Start();

        Assert.Same(Messages.Frames.Peer, Assert.Single(_faults).Peer);
    }

    [Fact]
    public void Peers_of_all_that_has_one()
    {
        var frame = Messages.Frames.Of("x");
        var message = Messages.Frames.Message();

        Assert.Same(Messages.Frames.Peer, Peers.Of(message));
        Assert.Same(Messages.Frames.Peer, Peers.Of(new Message<int>(message, 1)));
        Assert.Same(Messages.Frames.Peer, Peers.Of(frame));
        Assert.Same(Messages.Frames.Peer, Peers.Of(frame.Value));
        Assert.Same(Messages.Frames.Peer, Peers.Of(frame.Value.Datagram));
        Assert.Null(Peers.Of(5));
        Assert.Null(Peers.Of(default(string)));
    }

    private void Note(int item) => _handled.Add((_scheduler.Clock, item));

    private ValueTask Begin(int item, CancellationToken cancel)
    {
        Note(item);
        _started.Add(new TaskCompletionSource());
        return new ValueTask(_started[^1].Task);
    }

    private void Complete()
    {
        for (var i = 0; i < _started.Count; i++)
        {
            var task = _started[i];
            Inline(() => task.TrySetResult());
            _scheduler.AdvanceBy(10);
        }
    }
}
