using System.Collections.Concurrent;
using Microsoft.Reactive.Testing;
using ReactiveLink.Routing;
using ReactiveLink.Tests.Messages;

namespace ReactiveLink.Tests.Routing;

/// <summary>In virtual time.</summary>
public sealed class RouterTests : IDisposable
{
    private readonly TestScheduler _scheduler = new();
    private readonly ConcurrentQueue<Fault> _faults = new();
    private readonly List<string> _log = [];
    private readonly Message _data = Frames.Message();
    private readonly Message _command = Frames.Message("command");
    private readonly Router _router;

    public RouterTests() => _router = new Router(_scheduler, _faults.Enqueue);

    public void Dispose() => _router.Dispose();

    [Fact]
    public void ArgumentChecking()
    {
        Func<Message, bool> none = null!;
        Assert.Throws<ArgumentNullException>(() => _router.Handle(MessageType.Data, default(Action<Message>)!));
        Assert.Throws<ArgumentNullException>(() => _router.Handle(MessageType.Data, default(Func<Message, Task>)!));
        Assert.Throws<ArgumentNullException>(() => _router.Handle(MessageType.Data, default(Func<Message, CancellationToken, ValueTask>)!));
        Assert.Throws<ArgumentNullException>(() => _router.Handle(none, Log("x")));
        Assert.Throws<ArgumentNullException>(() => _router.Handle(none, _ => Task.CompletedTask));
        Assert.Throws<ArgumentNullException>(() => _router.Handle(none, (_, _) => ValueTask.CompletedTask));
        Assert.Throws<ArgumentNullException>(() => _router.Handle(_ => true, default(Action<Message>)!));
        Assert.Throws<ArgumentException>(() => _router.Handle(MessageType.Data, Log("x"), new RouteOptions { Capacity = 0 }));
        Assert.False(_router.HasRoutes);
    }

    [Fact]
    public void Messages_go_to_every_handler_of_their_type()
    {
        _router.Handle(MessageType.Data, Log("a"));
        _router.Handle(MessageType.Data, m =>
        {
            _log.Add("b");
            return Task.CompletedTask;
        });
        _router.Handle(MessageType.Command, (_, _) =>
        {
            _log.Add("c");
            return ValueTask.CompletedTask;
        });
        _router.Handle(new MessageType("custom"), Log("d"));

        Post(_data, _command, Frames.Message("custom"), Frames.Message("other"));

        Assert.Equal("a b c d", string.Join(' ', _log.Order(StringComparer.Ordinal)));
        Assert.Equal(1, _router.Unhandled);
        Assert.Empty(_faults);
    }

    [Fact]
    public void Predicates_pick_messages_of_any_type()
    {
        _router.Handle(m => m.Type == MessageType.Command, Log("command"));
        _router.Handle(m => m.Source == "plant", m =>
        {
            _log.Add("plant");
            return Task.CompletedTask;
        });
        _router.Handle(_ => false, (_, _) => throw new InvalidOperationException());

        Post(_data, _command, Frames.Message(source: "x"));

        Assert.Equal("command plant plant", string.Join(' ', _log.Order(StringComparer.Ordinal)));
        Assert.Equal(1, _router.Unhandled);
    }

    [Fact]
    public void A_predicate_that_throws_is_a_fault_and_other_routes_get_the_message()
    {
        var error = new InvalidOperationException();
        _router.Handle(_ => throw error, Log("never"), new RouteOptions { Name = "bad" });
        _router.Handle(_ => true, Log("good"));
        _router.Handle(MessageType.Data, Log("data"));

        Post(_data);

        Assert.Equal("data good", string.Join(' ', _log.Order(StringComparer.Ordinal)));
        var fault = Assert.Single(_faults);
        Assert.Equal((FaultReason.HandlerFailed, "bad"), (fault.Reason, fault.Detail));
        Assert.Same(error, fault.Exception);
        Assert.Same(Frames.Peer, fault.Peer);
    }

    [Fact]
    public void A_route_that_hangs_delays_no_other()
    {
        var hung = new TaskCompletionSource();
        _router.Handle(MessageType.Data, (_, _) => new ValueTask(hung.Task), new RouteOptions { Concurrency = 1, Capacity = 2 });
        _router.Handle(MessageType.Data, Log("ok"));

        for (var i = 0; i < 5; i++)
        {
            Post(_data);
        }

        Assert.Equal(["ok", "ok", "ok", "ok", "ok"], _log);
        Assert.Equal(
            [new RouteStatistics("data", 5, 0, 0, 0, 2, 2, 1, 0), new RouteStatistics("data", 5, 5, 0, 0, 0, 0, 0, 0)],
            _router.GetStatistics().ToArray());
        Assert.Equal([FaultReason.QueueFull, FaultReason.QueueFull], _faults.Select(fault => fault.Reason));
    }

    [Fact]
    public void Statistics_are_in_the_order_of_the_routes_with_their_names()
    {
        using var first = _router.Handle(MessageType.Command, Log("a"));
        _router.Handle(_ => true, Log("b"));
        _router.Handle(MessageType.Data, Log("c"), new RouteOptions { Name = "mine" });

        Assert.Equal("command predicate mine", string.Join(' ', _router.GetStatistics().Select(s => s.Name)));
        first.Dispose();
        Assert.Equal("predicate mine", string.Join(' ', _router.GetStatistics().Select(s => s.Name)));
    }

    [Fact]
    public void Unhandle_drops_what_waits_and_takes_no_more()
    {
        var subscription = _router.Handle(MessageType.Data, Log("a"));
        _router.Post(_data);

        subscription.Dispose();
        subscription.Dispose();
        Post(_data);

        Assert.Empty(_log);
        Assert.False(_router.HasRoutes);
        Assert.Equal(1, _router.Unhandled);
    }

    [Fact]
    public void Unhandle_inside_the_handler()
    {
        IDisposable? subscription = null;
        subscription = _router.Handle(MessageType.Data, _ =>
        {
            _log.Add("a");
            subscription!.Dispose();
        });

        Post(_data, _data);

        Assert.Equal(["a"], _log);
    }

    [Fact]
    public void Handle_inside_the_handler()
    {
        _router.Handle(MessageType.Data, _ =>
        {
            _log.Add("outer");
            _router.Handle(MessageType.Command, Log("inner"));
            _router.Post(_command);
        });

        Post(_data);
        _scheduler.AdvanceBy(10);

        Assert.Equal(["outer", "inner"], _log);
    }

    [Fact]
    public void Handle_unhandle_and_dispose_inside_a_predicate()
    {
        IDisposable? subscription = null;
        subscription = _router.Handle(
            _ =>
            {
                subscription!.Dispose();
                _router.Handle(MessageType.Data, Log("added"));
                return true;
            },
            Log("gone"));

        Post(_data);
        Assert.Empty(_log);
        Post(_data);
        Assert.Equal(["added"], _log);

        _router.Handle(
            _ =>
            {
                _router.Dispose();
                return true;
            },
            Log("never"));
        Post(_data);
        Assert.False(_log.Exists(name => name == "never"));
    }

    [Fact]
    public void Dispose_inside_a_handler_ends_every_route()
    {
        _router.Handle(MessageType.Data, _ =>
        {
            _log.Add("a");
            _router.Dispose();
        });
        _router.Handle(MessageType.Command, Log("b"));
        _router.Post(_data);
        _router.Post(_command);

        _scheduler.AdvanceBy(10);
        Post(_data);

        Assert.Equal("a", _log[0]);
        Assert.True(_log.Count <= 2);
        Assert.False(_router.HasRoutes);
        _router.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _router.Handle(MessageType.Data, Log("c")));
    }

    [Fact]
    public void A_route_may_have_a_scheduler_of_its_own()
    {
        var own = new TestScheduler();
        _router.Handle(MessageType.Data, Log("a"), new RouteOptions { Scheduler = own });

        Post(_data);
        Assert.Empty(_log);
        own.AdvanceBy(10);

        Assert.Equal(["a"], _log);
    }

    private Action<Message> Log(string name) => _ => _log.Add(name);

    private void Post(params Message[] messages)
    {
        foreach (var message in messages)
        {
            _router.Post(message);
        }

        _scheduler.AdvanceBy(10);
    }
}
