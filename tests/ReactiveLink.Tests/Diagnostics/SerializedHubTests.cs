using ReactiveLink.Diagnostics;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Diagnostics;

/// <summary>The hub of many producers: one order for each observer, bounded, replay of the current value, no lock held in a callback.</summary>
public sealed class SerializedHubTests
{
    private readonly List<Exception> _failures = [];

    [Fact]
    public void With_replay_a_subscriber_gets_the_current_value_first_then_changes()
    {
        var hub = new SerializedHub<int>(1, 16, _failures.Add);
        hub.OnNext(2);
        var seen = new List<int>();
        hub.Subscribe(seen.Add);
        hub.OnNext(3);

        Assert.Equal([2, 3], seen);
    }

    [Fact]
    public void After_the_end_a_subscriber_gets_the_last_value_and_the_end()
    {
        var hub = new SerializedHub<int>(1, 16, _failures.Add);
        hub.Terminate(error: null);
        hub.OnNext(9);
        var events = new List<string>();
        hub.Subscribe(value => events.Add($"{value}"), () => events.Add("completed"));

        Assert.Equal(["1", "completed"], events);
    }

    [Fact]
    public void A_value_sent_from_inside_a_callback_comes_after_the_one_in_progress()
    {
        var hub = new SerializedHub<int>(16, _failures.Add);
        var events = new List<string>();
        hub.Subscribe(value =>
        {
            events.Add($"begin {value}");
            if (value < 3)
            {
                hub.OnNext(value + 1);
            }

            events.Add($"end {value}");
        });

        hub.OnNext(1);

        Assert.Equal(["begin 1", "end 1", "begin 2", "end 2", "begin 3", "end 3"], events);
    }

    [Fact]
    public async Task Eight_producers_are_serialized_and_nothing_is_lost_within_the_capacity()
    {
        const int Each = 5000;
        var hub = new SerializedHub<int>(8 * Each, _failures.Add);
        var grammar = new GrammarObserver<int>();
        hub.Subscribe(grammar);

        await Deadline.Within(Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                hub.OnNext(i);
            }
        }))));
        hub.Terminate(error: null);

        await Deadline.Until(() => grammar.Terminals == 1, "the end");
        Assert.Equal(8 * Each, grammar.Count);
        Assert.Equal(0, grammar.Breaches);
        Assert.Equal(0, hub.Dropped);
    }

    [Fact]
    public async Task What_a_blocked_observer_cannot_take_is_dropped_and_counted_and_the_others_get_it()
    {
        var hub = new SerializedHub<int>(4, _failures.Add);
        var slow = new List<int>();
        var fast = new List<int>();
        using var entered = new SemaphoreSlim(0);
        using var leave = new SemaphoreSlim(0);
        hub.Subscribe(value =>
        {
            slow.Add(value);
            if (value == 0)
            {
                entered.Release();
                leave.Wait(Deadline.Time);
            }
        });
        var blocked = Task.Run(() => hub.OnNext(0));
        Assert.True(await entered.WaitAsync(Deadline.Time));
        hub.Subscribe(fast.Add);

        for (var i = 1; i <= 10; i++)
        {
            hub.OnNext(i);
        }

        leave.Release();
        await Deadline.Within(blocked);
        Assert.Equal([0, 1, 2, 3, 4], slow);
        Assert.Equal(Enumerable.Range(1, 10), fast);
        Assert.Equal(6, hub.Dropped);
    }

    [Fact]
    public void An_observer_that_throws_loses_its_own_subscription_and_is_reported()
    {
        var hub = new SerializedHub<int>(4, _failures.Add);
        var other = new List<int>();
        hub.Subscribe(_ => throw new InvalidOperationException("mine"));
        hub.Subscribe(other.Add);

        hub.OnNext(1);
        hub.OnNext(2);

        Assert.Equal([1, 2], other);
        Assert.Single(_failures);
    }

    [Fact]
    public async Task A_callback_may_wait_for_another_thread_that_uses_the_hub()
    {
        var hub = new SerializedHub<int>(4, _failures.Add);
        hub.Subscribe(value =>
        {
            if (value == 1)
            {
                Assert.True(Task.Run(() =>
                {
                    hub.OnNext(2);
                    hub.Subscribe(_ => { }).Dispose();
                    hub.Terminate(error: null);
                }).Wait(Deadline.Time));
            }
        });

        await Deadline.Within(Task.Run(() => hub.OnNext(1)));
        Assert.Empty(_failures);
    }
}
