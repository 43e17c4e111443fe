using System.Reactive.Concurrency;
using Microsoft.Reactive.Testing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Links;

/// <summary>A link that is drained finishes what it has, and says whether it could.</summary>
public sealed class UdpLinkDrainTests
{
    private readonly List<Fault> _faults = [];

    [Fact]
    public async Task An_idle_link_is_drained_at_once()
    {
        await using var link = UdpLink.Over(new FakeTransport(new TestScheduler()));

        Assert.True(await Deadline.Within(link.DrainAsync()));
        link.Dispose();
        Assert.True(await Deadline.Within(link.DrainAsync()));
    }

    [Fact]
    public async Task Handlers_finish_and_can_still_send_and_streams_go_on()
    {
        var transport = new FakeTransport(DefaultScheduler.Instance, Wire.Remote);
        await using var link = UdpLink.Over(transport);
        using var faults = link.Faults.Subscribe(Note);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var streamed = 0;
        using var stream = link.Messages.Subscribe(_ => streamed++);
        using var handler = link.Handle(
            MessageType.Data,
            async (message, cancel) =>
            {
                await go.Task.WaitAsync(cancel);
                await link.SendAsync("done", cancellationToken: cancel);
            },
            new RouteOptions { Concurrency = 1 });
        transport.Inject(Wire.Message(0));
        transport.Inject(Wire.Message(1));

        var draining = link.DrainAsync();
        transport.Inject(Wire.Message(2));
        using var late = link.Handle(MessageType.Data, _ => Assert.Fail("added while draining"));
        transport.Inject(Wire.Message(3));
        Assert.False(draining.IsCompleted);
        go.SetResult();

        Assert.True(await Deadline.Within(draining));
        Assert.Equal(2, transport.Sent.Count);
        Assert.Equal(4, streamed);
        var statistics = link.GetStatistics();
        Assert.Equal((4, 4), (statistics.Ledger.Received, statistics.Ledger.Delivered));
        Assert.Equal([(4L, 2L, 2L), (1L, 0L, 1L)], statistics.Routes.Select(r => (r.Offered, r.Handled, r.Dropped)));
        Assert.Equal(3, statistics.CountOf(FaultReason.Draining));
        Assert.All(_faults, fault => Assert.Equal((FaultReason.Draining, "data"), (fault.Reason, fault.Detail)));
    }

    [Fact]
    public async Task When_the_time_is_up_what_is_left_is_counted_and_told()
    {
        var transport = new FakeTransport(DefaultScheduler.Instance, Wire.Remote);
        await using var link = UdpLink.Over(transport);
        using var faults = link.Faults.Subscribe(Note);
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hang = new TaskCompletionSource();
        using var handler = link.Handle(
            MessageType.Data,
            async (_, _) =>
            {
                running.TrySetResult();
                await hang.Task;
            },
            new RouteOptions { Concurrency = 1, Timeout = Timeout.InfiniteTimeSpan });
        for (uint i = 0; i < 5; i++)
        {
            transport.Inject(Wire.Message(i));
        }

        await Deadline.Within(running.Task);
        using var time = new CancellationTokenSource();
        var draining = link.DrainAsync(time.Token);
        Assert.False(draining.IsCompleted);
        await time.CancelAsync();

        Assert.False(await Deadline.Within(draining));
        Assert.Equal([(FaultReason.Draining, 4L), (FaultReason.HandlerTimeout, 1L)], _faults.Select(f => (f.Reason, f.Count)));
        var route = Assert.Single(link.GetStatistics().Routes);
        Assert.Equal((5, 0, 1, 4, 0), (route.Offered, route.Handled, route.TimedOut, route.Dropped, route.Pending));
        hang.SetResult();
    }

    [Fact]
    public async Task Without_a_time_a_handler_without_timeout_is_waited_for_until_the_link_is_disposed()
    {
        var scheduler = new TestScheduler();
        var transport = new FakeTransport(scheduler, Wire.Remote);
        await using var link = UdpLink.Over(transport);
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hang = new TaskCompletionSource();
        using var handler = link.Handle(
            MessageType.Data,
            async (_, _) =>
            {
                running.SetResult();
                await hang.Task;
            },
            new RouteOptions { Timeout = Timeout.InfiniteTimeSpan, Scheduler = DefaultScheduler.Instance });
        transport.Inject(Wire.Message(0));
        await Deadline.Within(running.Task);

        var draining = link.DrainAsync();
        scheduler.AdvanceBy(TimeSpan.FromDays(365).Ticks);
        Assert.False(draining.IsCompleted);
        link.Dispose();

        await Deadline.Within(draining);
        hang.SetResult();
    }

    [Fact]
    public async Task What_waits_to_be_sent_is_sent()
    {
        var transport = new FakeTransport(new TestScheduler(), Wire.Remote);
        await using var link = UdpLink.Over(transport);
        using var hold = new HeldSend(transport);
        var first = await hold.StartAsync(() => link.SendAsync(1));
        var second = link.SendAsync(2).AsTask();

        using var time = new CancellationTokenSource();
        var inTime = link.DrainAsync();
        var late = link.DrainAsync(time.Token);
        await time.CancelAsync();
        Assert.False(await Deadline.Within(late));
        Assert.False(inTime.IsCompleted);
        hold.Release();

        Assert.True(await Deadline.Within(inTime));
        Assert.Equal(2, transport.Sent.Count);
        await Deadline.Within(Task.WhenAll(first, second));
    }

    private void Note(Fault fault)
    {
        lock (_faults)
        {
            _faults.Add(fault);
        }
    }
}
