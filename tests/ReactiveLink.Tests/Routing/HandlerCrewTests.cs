using System.Collections.Concurrent;
using Microsoft.Reactive.Testing;
using ReactiveLink.Routing;

namespace ReactiveLink.Tests.Routing;

/// <summary>The moments between two steps of a draining thread, one at a time.</summary>
public sealed class HandlerCrewTests
{
    private readonly TestScheduler _scheduler = new();
    private readonly ConcurrentBoundedQueue<int> _queue = new(10, dropOldest: false);
    private readonly HandlerSlots<int> _slots;
    private readonly HandlerCrew<int> _crew;

    public HandlerCrewTests()
    {
        // The owner's own queue stays empty: threads that start come back at once, and the clock tells that they did start.
        var owner = HandlerBench.Make<int>(_ => { }, new(), _scheduler, new ConcurrentQueue<Fault>());
        _slots = new HandlerSlots<int>(owner, 2, cancellable: false);
        _crew = new HandlerCrew<int>(owner, _queue, _slots, 2, _scheduler, _scheduler.StartStopwatch(), (_, _) => { });
    }

    [Fact]
    public void A_thread_that_leaves_as_an_item_comes_takes_it()
    {
        _crew.EnsureDrained();
        var slot = _slots.Take();

        // The producer saw this thread draining and started no other.
        _queue.Enqueue(1, key: null, out _);
        _crew.EnsureDrained();

        Assert.NotNull(_crew.Leave(slot));
    }

    [Fact]
    public void A_thread_that_leaves_an_empty_queue_is_gone_and_the_next_item_starts_another()
    {
        _crew.EnsureDrained();
        Assert.Null(_crew.Leave(_slots.Take()));
        var before = _scheduler.Clock;

        _queue.Enqueue(1, key: null, out _);
        _crew.EnsureDrained();
        _scheduler.Start();

        Assert.True(_scheduler.Clock > before);
    }

    [Fact]
    public void A_thread_moves_on_while_there_is_a_place_and_stops_when_there_is_none()
    {
        _crew.EnsureDrained();

        var second = _crew.MoveOn();

        Assert.NotNull(second);
        Assert.Null(_crew.MoveOn());
    }

    [Fact]
    public void The_end_of_an_asynchronous_handler_starts_a_thread_if_something_waits()
    {
        _crew.EnsureDrained();
        var second = _crew.MoveOn()!;
        _crew.MoveOn();
        _scheduler.AdvanceBy(10);
        _queue.Enqueue(1, key: null, out _);
        _crew.EnsureDrained();
        var before = _scheduler.Clock;

        _crew.LeaveAsync(second);
        _scheduler.Start();

        Assert.True(_scheduler.Clock > before);
    }
}
