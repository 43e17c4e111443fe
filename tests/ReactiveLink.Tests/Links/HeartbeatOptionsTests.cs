using Microsoft.Reactive.Testing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Links;

/// <summary>The options of heartbeats and requests, and a clock that fails under them.</summary>
public sealed class HeartbeatOptionsTests
{
    [Fact]
    public void All_errors_come_together()
    {
        var options = new LinkOptions
        {
            SilentAfter = TimeSpan.FromMilliseconds(19),
            MaximumRequests = 0,
            RequestTimeout = TimeSpan.Zero,
            Codec = MessageCodecs.Bytes,
            Heartbeat = new HeartbeatOptions { Interval = TimeSpan.Zero, Misses = 0, MeasureInterval = TimeSpan.FromDays(2), MaximumPeers = -1, MaximumAnswers = -1 },
        };

        var error = Assert.Throws<ArgumentException>("options", () => UdpLink.Over(new FakeTransport(new TestScheduler()), options));

        Assert.Equal(
            "The link's options are not valid: MaximumRequests must be from 1 to 1048576. RequestTimeout must be above zero and at most 24 days. SilentAfter must be from 20 ms to 1 day. "
            + "Heartbeat needs a codec that carries JSON, for example MessageCodecs.Json: leave it out, or change Codec. The heartbeat options are not valid. "
            + "Interval must be from 20 ms to 1 day. Misses must be from 1 to 1000. MeasureInterval must be from 20 ms to 1 day. MaximumPeers must be from 0 to 65536. "
            + "MaximumAnswers must be from 0 to 1000000. (Parameter 'Heartbeat') (Parameter 'options')",
            error.Message);
    }

    [Fact]
    public void The_ends_of_every_range_are_valid()
    {
        foreach (var heartbeat in new HeartbeatOptions[]
        {
            new() { Interval = TimeSpan.FromMilliseconds(20), Misses = 1, MeasureInterval = TimeSpan.FromMilliseconds(20), MaximumPeers = 0, MaximumAnswers = 0 },
            new() { Interval = TimeSpan.FromDays(1), Misses = 1000, MeasureInterval = TimeSpan.FromDays(1), MaximumPeers = 65_536, MaximumAnswers = 1_000_000 },
        })
        {
            using var link = UdpLink.Over(new FakeTransport(new TestScheduler()), new LinkOptions { Heartbeat = heartbeat, MaximumRequests = 1, RequestTimeout = TimeSpan.FromTicks(1) });
            Assert.Equal(default, link.GetStatistics().Heartbeats);
        }
    }

    [Fact]
    public async Task A_clock_that_fails_costs_heartbeats_and_not_the_link()
    {
        var clock = new FailingClock();
        var transport = new FakeTransport(clock, Wire.Remote);
        using var link = UdpLink.Over(transport, new LinkOptions { Heartbeat = new HeartbeatOptions { Interval = TimeSpan.FromMilliseconds(20) } });
        clock.Fails = true;
        await Deadline.Until(() => link.GetStatistics().Heartbeats.Skipped > 3, "heartbeats that were not sent");
        transport.Inject(Wire.Message(0, data: """{"request":1}""", type: "heartbeat"), at: DateTimeOffset.UnixEpoch);
        Assert.Equal(1, link.GetStatistics().Heartbeats.Unanswered);
        var sent = transport.Sent.Count;

        clock.Fails = false;

        await Deadline.Until(() => transport.Sent.Count > sent + 2, "heartbeats again");
        transport.Inject(Wire.Message(1, data: """{"request":2}""", type: "heartbeat"));
        Assert.Equal(1, link.GetStatistics().Heartbeats.Answered);
    }

    [Fact]
    public async Task Timers_that_fail_are_a_fault_and_the_next_subscription_tries_again()
    {
        var clock = new FailingClock { TimersFail = true };
        var transport = new FakeTransport(clock);
        using var link = UdpLink.Over(transport, new LinkOptions { SilentAfter = TimeSpan.FromMilliseconds(20) });
        var seen = 0;
        using var first = link.Peers.Subscribe(_ => Interlocked.Increment(ref seen));

        // The subscription, and the start that comes with it.
        Assert.Equal(2, link.GetStatistics().CountOf(FaultReason.SubscriberFailed));

        clock.TimersFail = false;
        using var second = link.Peers.Subscribe(_ => { });
        transport.Inject(Wire.Message(0));

        await Deadline.Until(() => Volatile.Read(ref seen) > 0, "the first subscriber to be told");
    }
}
