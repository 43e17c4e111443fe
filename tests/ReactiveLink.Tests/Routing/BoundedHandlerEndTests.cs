using ReactiveLink.Routing;
using static ReactiveLink.Tests.Routing.HandlerBench;

namespace ReactiveLink.Tests.Routing;

/// <summary>Failures, dispose, re-entrancy.</summary>
public sealed class BoundedHandlerEndTests : VirtualHandlerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_handler_that_throws_is_a_fault_and_the_next_item_isHandled(bool synchronously)
    {
        var error = new InvalidOperationException();
        using var handler = Make<int>(
            (item, _) =>
            {
                Note(item);
                return item != 1 ? ValueTask.CompletedTask : synchronously ? throw error : ValueTask.FromException(error);
            },
            new(),
            Scheduler,
            Faults);

        handler.Offer(1);
        handler.Offer(2);
        Scheduler.Start();

        Assert.Equal([1, 2], Handled.Select(h => h.Item));
        var fault = Assert.Single(Faults);
        Assert.Equal((FaultReason.HandlerFailed, "test"), (fault.Reason, fault.Detail));
        Assert.Same(error, fault.Exception);
        Assert.Equal(new RouteStatistics("test", 2, 1, 1, 0, 0, 0, 0, 0), handler.GetStatistics());
    }

    [Fact]
    public void A_handler_that_fails_later_is_a_fault_too()
    {
        using var handler = Make<int>(Begin, new(), Scheduler, Faults);
        handler.Offer(1);
        Scheduler.AdvanceTo(10);

        Inline(() => Started[0].SetCanceled());

        Assert.IsAssignableFrom<OperationCanceledException>(Assert.Single(Faults).Exception);
        Assert.Equal(new RouteStatistics("test", 1, 0, 1, 0, 0, 0, 0, 0), handler.GetStatistics());
    }

    [Fact]
    public void Dispose_cancels_what_runs_and_drops_what_waits()
    {
        using var handler = MakeBusy(out var tokens);
        handler.Dispose();
        handler.Dispose();

        Assert.True(Assert.Single(tokens).IsCancellationRequested);
        Assert.Equal(new RouteStatistics("test", 4, 0, 0, 0, 3, 0, 1, 0), handler.GetStatistics());
        handler.Offer(5);
        Assert.Equal(4, handler.GetStatistics().Dropped);
        Inline(() => Started[0].SetCanceled(tokens[0]));
        Scheduler.Start();
        Assert.Single(Handled);
        Assert.Empty(Faults);
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
            Scheduler,
            Faults);
        handler.Offer(1);
        handler.Offer(2);

        Scheduler.Start();

        Assert.True(cancelled);
        Assert.Equal([1], Handled.Select(h => h.Item));
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
            Scheduler,
            Faults);

        handler.Offer(1);
        Scheduler.AdvanceTo(10);

        Assert.Equal([1, 2, 3, 4, 5], Handled.Select(h => h.Item));
        handler.Dispose();
    }

    [Fact]
    public void The_peer_of_a_message_is_in_itsFaults()
    {
        using var handler = Make<Message>(_ => throw new InvalidOperationException(), new(), Scheduler, Faults);

        handler.Offer(Messages.Frames.Message());
        Scheduler.Start();

        Assert.Same(Messages.Frames.Peer, Assert.Single(Faults).Peer);
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
}
