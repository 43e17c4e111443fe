using System.Reactive.Concurrency;
using Microsoft.Reactive.Testing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Links;

/// <summary>Heartbeats where the user's scheduler throws, or its stopwatch does, or is made of a clock that is set; and where its timers come early.</summary>
public sealed class UdpLinkHeartbeatClockTests
{
    private readonly Unsteady _scheduler = new();
    private readonly FakeTransport _transport;
    private readonly UdpLink _link;

    public UdpLinkHeartbeatClockTests()
    {
        _transport = new FakeTransport(_scheduler, Wire.Remote);
        _link = UdpLink.Over(_transport, new LinkOptions { Heartbeat = new HeartbeatOptions() });
    }

    [Fact]
    public void A_stopwatch_that_throws_for_a_while_does_not_end_them()
    {
        using var link = _link;
        Advance(3);
        _scheduler.Fails = true;
        Advance(3);
        _scheduler.Fails = false;
        var before = _transport.Sent.Count;
        Advance(5);

        Assert.InRange(_transport.Sent.Count - before, 4, 6);
    }

    [Fact]
    public void A_stopwatch_that_is_set_back_does_not_hold_them_up()
    {
        using var link = _link;
        Advance(3);
        _scheduler.Offset = TimeSpan.FromDays(-3650);
        var before = _transport.Sent.Count;
        Advance(10);

        Assert.InRange(_transport.Sent.Count - before, 5, 11);
    }

    [Fact]
    public void A_timer_that_cannot_be_set_once_does_not_end_them()
    {
        using var link = _link;
        Advance(3);
        _scheduler.Refuses = 1;
        var before = _transport.Sent.Count;
        Advance(5);

        Assert.InRange(_transport.Sent.Count - before, 4, 6);
        Assert.Equal(0, _scheduler.Refuses);
        Assert.Equal(1, link.GetStatistics().CountOf(FaultReason.SubscriberFailed));
    }

    [Fact]
    public void Timers_that_cannot_be_set_for_a_while_end_them_until_a_datagram_comes()
    {
        using var link = _link;
        Advance(3);
        _scheduler.Refuses = int.MaxValue;
        Advance(1);
        _transport.Inject(Wire.Message(0));
        _transport.Inject(Wire.Message(1));
        Assert.Equal(3, link.GetStatistics().CountOf(FaultReason.SubscriberFailed));
        _scheduler.Refuses = 0;
        var before = _transport.Sent.Count;
        Advance(5);
        Assert.Equal(before, _transport.Sent.Count);

        _transport.Inject(Wire.Message(2));
        Advance(5);

        Assert.InRange(_transport.Sent.Count - before, 4, 6);
    }

    [Fact]
    public void A_datagram_lets_those_who_subscribed_to_the_peers_see_again()
    {
        var transport = new FakeTransport(_scheduler, Wire.Remote);
        using var link = UdpLink.Over(transport);
        List<PeerState> seen = [];
        _scheduler.Refuses = 1;
        using var subscription = link.Peers.Subscribe(transition => seen.Add(transition.To));

        transport.Inject(Wire.Message(0));
        Advance(20);

        Assert.Equal([PeerState.Joined, PeerState.Silent], seen);
    }

    [Fact]
    public void A_timer_that_cannot_be_set_when_the_link_is_made_is_set_when_it_starts()
    {
        var scheduler = new Unsteady { Refuses = 1 };
        var transport = new FakeTransport(scheduler, Wire.Remote);
        using var link = UdpLink.Over(transport, new LinkOptions { Heartbeat = new HeartbeatOptions() });
        link.Start();

        scheduler.Virtual.AdvanceBy(TimeSpan.FromSeconds(5).Ticks);

        Assert.InRange(transport.Sent.Count, 4, 6);
    }

    [Fact]
    public void Timers_that_come_early_beat_no_peer_twice_in_a_turn()
    {
        _link.Dispose();
        _scheduler.Early = TimeSpan.FromMilliseconds(1);
        var transport = new FakeTransport(_scheduler);
        using var link = UdpLink.Over(transport, new LinkOptions { Heartbeat = new HeartbeatOptions() });
        link.Start();
        for (uint second = 0; second < 10; second++)
        {
            transport.Inject(Wire.Message(second));
            Advance(1);
        }

        Assert.InRange(transport.Sent.Count, 8, 10);
    }

    private void Advance(double seconds) => _scheduler.Virtual.AdvanceBy(TimeSpan.FromSeconds(seconds).Ticks);

    private sealed class Unsteady : LocalScheduler
    {
        public TestScheduler Virtual { get; } = new();

        public bool Fails { get; set; }

        /// <summary>How many timers cannot be set.</summary>
        public int Refuses { get; set; }

        public TimeSpan Offset { get; set; }

        public TimeSpan Early { get; set; }

        public override DateTimeOffset Now => Virtual.Now;

        public override IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
        {
            if (Refuses > 0)
            {
                Refuses--;
                throw new ObjectDisposedException(nameof(Unsteady));
            }

            return Virtual.Schedule(state, dueTime - Early, (_, s) => action(this, s));
        }

        public override IStopwatch StartStopwatch() => new Watch(this, Virtual.StartStopwatch());

        private sealed class Watch(Unsteady owner, IStopwatch steady) : IStopwatch
        {
            public TimeSpan Elapsed => owner.Fails ? throw new InvalidOperationException("The clock has stopped.") : steady.Elapsed + owner.Offset;
        }
    }
}
