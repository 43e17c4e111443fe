using Microsoft.Reactive.Testing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Links;

/// <summary>ReceiveAsync, snapshots and resets, states, the process-wide default, the log: on virtual time.</summary>
public sealed class UdpLinkWaitingTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TestScheduler _scheduler = new();
    private readonly FakeTransport _transport;
    private readonly UdpLink _link;

    public UdpLinkWaitingTests()
    {
        _transport = new FakeTransport(_scheduler);
        _link = UdpLink.Over(_transport, new LinkOptions { ReceiveCapacity = 2 });
    }

    public void Dispose() => _link.Dispose();

    [Fact]
    public async Task ReceiveAsync_gives_the_next_message()
    {
        var waiting = _link.ReceiveAsync(Second);
        Assert.False(waiting.IsCompleted);

        _transport.Inject(Wire.Message(0, data: "42"));

        Assert.Equal("42", (await waiting)!.DataAsText());
        Assert.Equal(0, _link.GetStatistics().ReceiveTimeouts);
    }

    [Fact]
    public async Task ReceiveAsync_gives_nothing_after_the_timeout_and_counts_it()
    {
        var waiting = _link.ReceiveAsync(Second);
        _scheduler.AdvanceBy(Second.Ticks - 1);
        Assert.False(waiting.IsCompleted);

        _scheduler.AdvanceBy(2);

        Assert.Null(await waiting);
        Assert.Null(await _link.ReceiveAsync(TimeSpan.Zero));
        Assert.Equal(2, _link.GetStatistics().ReceiveTimeouts);
    }

    [Fact]
    public async Task Messages_between_two_calls_wait_within_the_capacity_and_the_rest_is_a_fault()
    {
        var faults = new List<Fault>();
        using var subscription = _link.Faults.Subscribe(faults.Add);
        Assert.Null(await _link.ReceiveAsync(TimeSpan.Zero));

        for (uint i = 0; i < 5; i++)
        {
            _transport.Inject(Wire.Message(i));
        }

        Assert.Equal(0u, (await _link.ReceiveAsync(Second))!.Sequence);
        Assert.Equal(1u, (await _link.ReceiveAsync(Second))!.Sequence);
        Assert.Null(await _link.ReceiveAsync(TimeSpan.Zero));
        Assert.Equal(3, faults.Count(fault => fault.Reason == FaultReason.QueueFull));
        Assert.Equal(0, _link.GetStatistics().Ledger.Unexplained);
    }

    [Fact]
    public async Task ReceiveAsync_can_be_cancelled_and_loses_no_message_by_it()
    {
        using var cancel = new CancellationTokenSource();
        var waiting = _link.ReceiveAsync(Timeout.InfiniteTimeSpan, cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        _transport.Inject(Wire.Message(9));
        Assert.Equal(9u, (await _link.ReceiveAsync(TimeSpan.Zero))!.Sequence);
        Assert.Equal(0, _link.GetStatistics().ReceiveTimeouts);
    }

    [Fact]
    public async Task ReceiveAsync_gives_nothing_when_the_link_closes()
    {
        var waiting = _link.ReceiveAsync(Timeout.InfiniteTimeSpan);

        await _link.DisposeAsync();

        Assert.Null(await waiting);
        Assert.Null(await _link.ReceiveAsync(Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public void ReceiveAsync_refuses_a_negative_timeout() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = _link.ReceiveAsync(TimeSpan.FromSeconds(-2)); });

    [Fact]
    public void Statistics_come_on_subscription_at_each_interval_and_at_the_end()
    {
        var seen = new List<(long Ticks, long Received)>();
        var completed = false;
        using var subscription = _link.Statistics.Subscribe(now => seen.Add((now.At.Ticks, now.Ledger.Received)), () => completed = true);

        _transport.Inject(Wire.Message(0));
        _scheduler.AdvanceBy(Second.Ticks * 2);
        _transport.Inject(Wire.Message(1));
        _link.Dispose();
        _scheduler.AdvanceBy(Second.Ticks * 3);

        Assert.Equal([0, 1, 1, 2], seen.Select(item => item.Received));
        Assert.True(completed);
    }

    [Fact]
    public void A_disposed_statistics_subscription_leaves_no_timer()
    {
        var count = 0;
        var subscription = _link.Statistics.Subscribe(_ => count++);
        subscription.Dispose();
        _scheduler.AdvanceBy(Second.Ticks * 5);

        Assert.Equal(1, count);
    }

    [Fact]
    public void A_reset_starts_every_counter_at_zero_and_returns_the_last_snapshot()
    {
        _transport.Inject(Wire.Message(0));
        _transport.Inject(Wire.Corrupt(Wire.Message(1)));
        _transport.Drop(FaultReason.KernelDrop, 3);

        var last = _link.ResetStatistics();
        var now = _link.GetStatistics();

        Assert.Equal(5, last.Ledger.Received);
        Assert.Equal(DatagramLedger.Empty.Received, now.Ledger.Received);
        Assert.Empty(now.Ledger.Dropped);
        Assert.Empty(now.Faults);
        Assert.Equal(default, now.Sequence);
        _transport.Inject(Wire.Message(1));
        Assert.Equal(1, _link.GetStatistics().Ledger.Received);
        Assert.Equal(0, _link.GetStatistics().Ledger.Unexplained);
    }

    [Fact]
    public async Task Every_event_is_in_exactly_one_snapshot_around_a_reset()
    {
        const int Datagrams = 20_000;
        using var done = new CancellationTokenSource();
        var resetting = Task.Run(() =>
        {
            var sum = 0L;
            while (!done.IsCancellationRequested)
            {
                var snapshot = _link.ResetStatistics();
                Assert.Equal(0, snapshot.Ledger.Unexplained);
                Assert.True(snapshot.Ledger.Received >= 0);
                sum += snapshot.Ledger.Received;
            }

            return sum + _link.ResetStatistics().Ledger.Received;
        });
        for (uint i = 0; i < Datagrams; i++)
        {
            _transport.Inject(Wire.Message(i));
        }

        await done.CancelAsync();

        Assert.Equal(Datagrams, await Deadline.Within(resetting));
    }

    [Fact]
    public void State_gives_the_current_value_first_then_changes()
    {
        var states = new List<ConnectionState>();
        using var subscription = _link.State.Subscribe(states.Add);

        _transport.SetState(ConnectionState.Reconnecting);
        _transport.SetState(ConnectionState.Connected);
        _link.Dispose();

        Assert.Equal([ConnectionState.Connected, ConnectionState.Reconnecting, ConnectionState.Connected, ConnectionState.Closed], states);
    }

    [Fact]
    public void The_default_link_can_be_set_and_taken_away()
    {
        Assert.Null(UdpLink.Default);
        try
        {
            UdpLink.Default = _link;
            Assert.Same(_link, UdpLink.Default);
        }
        finally
        {
            UdpLink.Default = null;
        }
    }

    [Fact]
    public void All_errors_in_the_options_are_reported_together()
    {
        var error = Assert.Throws<ArgumentException>(() => UdpLink.Over(_transport, new LinkOptions
        {
            Source = "",
            SendQueueCapacity = 0,
            ReceiveCapacity = -1,
            StatisticsInterval = TimeSpan.Zero,
        }));

        Assert.Equal(
            "The link's options are not valid: Source is empty: name this sender. SendQueueCapacity must be from 1 to 1048576. "
            + "ReceiveCapacity must be from 1 to 1048576. StatisticsInterval must be from 1 ms to 24 days. (Parameter 'options')",
            error.Message);
    }
}
