using ReactiveLink.Diagnostics;

namespace ReactiveLink.Tests.Diagnostics;

/// <summary>The hub of one producer: isolation, order, terminals, subscriptions from inside callbacks.</summary>
public sealed class BroadcasterTests
{
    private readonly List<Exception> _failures = [];
    private readonly Broadcaster<int> _hub;

    public BroadcasterTests() => _hub = new Broadcaster<int>(_failures.Add);

    [Fact]
    public void Every_observer_gets_every_value_from_its_subscription_on()
    {
        var first = new List<int>();
        var second = new List<int>();
        using var one = _hub.Subscribe(first.Add);
        _hub.OnNext(1);
        var two = _hub.Subscribe(second.Add);
        _hub.OnNext(2);
        two.Dispose();
        two.Dispose();
        _hub.OnNext(3);

        Assert.Equal([1, 2, 3], first);
        Assert.Equal([2], second);
    }

    [Fact]
    public void An_observer_that_throws_loses_its_own_subscription_and_is_reported_once()
    {
        var calls = 0;
        var other = new List<int>();
        _hub.Subscribe(_ =>
        {
            calls++;
            throw new InvalidOperationException("mine");
        });
        _hub.Subscribe(other.Add);

        _hub.OnNext(1);
        _hub.OnNext(2);

        Assert.Equal(1, calls);
        Assert.Equal([1, 2], other);
        Assert.Equal("mine", Assert.Single(_failures).Message);
    }

    [Fact]
    public void An_observer_that_throws_at_the_end_does_not_keep_the_end_from_the_others()
    {
        var ended = false;
        _hub.Subscribe(_ => { }, () => throw new InvalidOperationException("end"));
        _hub.Subscribe(_ => { }, () => ended = true);

        _hub.OnCompleted();

        Assert.True(ended);
        Assert.Single(_failures);
    }

    [Fact]
    public void Nothing_follows_a_terminal_and_late_subscribers_get_it_at_once()
    {
        var events = new List<string>();
        _hub.Subscribe(value => events.Add("next"), error => events.Add(error.Message), () => events.Add("completed"));

        _hub.OnError(new IOException("lost"));
        _hub.OnNext(1);
        _hub.OnCompleted();

        Assert.Equal(["lost"], events);
        _hub.Subscribe(_ => { }, error => events.Add("late " + error.Message));
        Assert.Equal(["lost", "late lost"], events);
    }

    [Fact]
    public void Subscribing_and_disposing_inside_a_callback_takes_effect_with_the_next_value()
    {
        var inner = new List<int>();
        IDisposable? subscription = null;
        var outer = 0;
        subscription = _hub.Subscribe(_ =>
        {
            outer++;
            subscription!.Dispose();
            _hub.Subscribe(inner.Add);
        });

        _hub.OnNext(1);
        _hub.OnNext(2);

        Assert.Equal(1, outer);
        Assert.Equal([2], inner);
    }

    [Fact]
    public void The_first_and_the_last_observer_are_told_of()
    {
        var changes = new List<bool>();
        Broadcaster<int>? hub = null;
        hub = new Broadcaster<int>(_failures.Add) { ObserversChanged = () => changes.Add(hub!.HasObservers) };

        var one = hub.Subscribe(_ => { });
        var two = hub.Subscribe(_ => { });
        one.Dispose();
        two.Dispose();

        Assert.Equal([true, false], changes);
    }
}
