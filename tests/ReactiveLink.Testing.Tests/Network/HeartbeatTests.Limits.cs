using System.Reactive.Linq;
using System.Text;

namespace ReactiveLink.Testing.Tests.Network;

/// <content>How much is missed, answered and sent, and the end.</content>
public sealed partial class HeartbeatTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(2, 5)]
    public void A_peer_falls_silent_after_as_many_intervals_as_it_may_miss(int interval, int misses)
    {
        var port = _b.Listen("*:9001");
        UdpEndpoint? me = null;
        using var listening = port.Datagrams.Subscribe(datagram => me = datagram.Remote);
        port.Start();
        using var link = UdpLink.Over(_a.Connect("b:9001"), Options("drone", new HeartbeatOptions { Interval = TimeSpan.FromSeconds(interval), Misses = misses }));
        link.Start();
        Advance(interval);
        port.Send(Frame(Envelope("1", null)), me!);
        port.Send(Frame(Envelope("2", null)), me!);

        Advance((interval * misses) + 0.019);
        Assert.Equal(PeerState.Alive, Peer(link).State);
        Advance(0.002);
        Assert.Equal(PeerState.Silent, Peer(link).State);
    }

    [Fact]
    public void What_a_peer_held_a_heartbeat_for_is_no_part_of_the_round_trip()
    {
        var port = _b.Listen("*:9001");
        port.Datagrams.Delay(TimeSpan.FromMilliseconds(300), _scheduler).Subscribe(datagram =>
            port.Send(Frame(Answer(Encoding.UTF8.GetString(datagram.Payload.Span[8..]), "0.3")), datagram.Remote));
        port.Start();
        using var link = UdpLink.Over(_a.Connect("b:9001"), Options("drone"));
        link.Start();

        Advance(10);

        AssertNear(2 * Latency, Peer(link).RoundTripTime);
        AssertNear(2 * Latency, Peer(link).LastRoundTripTime);
        Assert.InRange(link.GetStatistics().Heartbeats.Measured, 8, 10);
    }

    [Fact]
    public void Heartbeats_are_answered_up_to_a_rate()
    {
        using var ground = UdpLink.Over(_b.Listen("*:9001"), Options("ground") with { Heartbeat = new HeartbeatOptions { MaximumAnswers = 10, MaximumPeers = 0 } });
        ground.Start();
        using var flood = UdpLink.Over(_a.Connect("b:9001"), new LinkOptions());
        Advance(0.95);
        for (var i = 0; i < 1000; i++)
        {
            var data = Encoding.ASCII.GetBytes($$"""{"request":{{i}}}""");
            Assert.True(flood.SendAsync(flood.CreateMetadata(type: MessageType.Heartbeat), data).IsCompletedSuccessfully);
        }

        Advance(3);

        var heartbeats = ground.GetStatistics().Heartbeats;
        Assert.Equal((10, 990, 0), (heartbeats.Answered, heartbeats.Unanswered, heartbeats.Sent));
    }

    [Fact]
    public void A_listener_sends_to_no_more_peers_than_it_may()
    {
        using var ground = UdpLink.Over(_b.Listen("*:9001"), Options("ground") with { Heartbeat = new HeartbeatOptions { MaximumPeers = 3, Misses = 100 } });
        ground.Start();
        var drones = Enumerable.Range(0, 5).Select(_ => _a.Connect("b:9001")).ToList();
        var heard = new int[drones.Count];
        for (var i = 0; i < drones.Count; i++)
        {
            var index = i;
            drones[i].Datagrams.Subscribe(_ => heard[index]++);
            drones[i].Start();
            drones[i].Send(Frame(Envelope("1", null)));
            drones[i].Send(Frame(Envelope("1", null)));
        }

        Advance(10.1);

        Assert.Equal([10, 10, 10, 0, 0], heard.Order().Reverse());
        Assert.Equal(30, ground.GetStatistics().Heartbeats.Sent);
        Assert.Equal(20, ground.GetStatistics().Heartbeats.Skipped);
    }

    [Fact]
    public void Data_that_is_no_heartbeats_harms_nothing()
    {
        var messages = _ground.Messages.Record(_scheduler);
        var stranger = _b.Connect("b:9000");
        foreach (var data in new[] { """{"hel\ud800per":{}}""", """{"request":-1}""", "null", "\"x\"" })
        {
            stranger.Send(Frame(Envelope(data, null)));
        }

        Advance(10);

        Assert.Equal(4, messages.Values.Count);
        Assert.Equal(PeerState.Alive, _ground.GetPeers().Single(peer => peer.Source == "drone").State);
        Assert.Empty(_ground.GetStatistics().Faults);
    }

    [Fact]
    public void After_dispose_nothing_is_sent()
    {
        Advance(5);
        _drone.Dispose();
        _ground.Dispose();
        var sent = _network.GetStatistics().Sent;

        Advance(100);

        Assert.Equal(sent, _network.GetStatistics().Sent);
    }

    [Fact]
    public void The_streams_of_peers_keep_to_the_grammar()
    {
        using var seen = _ground.Peers.ValidateSynchronization().Record(_scheduler);
        Advance(20);
        _ground.Dispose();

        Assert.Null(seen.Error);
        Assert.True(seen.Completed);
    }
}
