using System.Reactive.Concurrency;
using Microsoft.Reactive.Testing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Links;

/// <summary>Heartbeats where the stopwatch of the user's scheduler throws, or is made of a clock that is set; and where its timers come early.</summary>
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

        public TimeSpan Offset { get; set; }

        public TimeSpan Early { get; set; }

        public override DateTimeOffset Now => Virtual.Now;

        public override IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) =>
            Virtual.Schedule(state, dueTime - Early, (_, s) => action(this, s));

        public override IStopwatch StartStopwatch() => new Watch(this, Virtual.StartStopwatch());

        private sealed class Watch(Unsteady owner, IStopwatch steady) : IStopwatch
        {
            public TimeSpan Elapsed => owner.Fails ? throw new InvalidOperationException("The clock has stopped.") : steady.Elapsed + owner.Offset;
        }
    }
}
