using System.Buffers;
using System.Reactive.Linq;
using System.Text;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Testing.Tests.Network;

/// <summary>Heartbeats of whole links over the network: liveness, round trips and clocks under every fault.</summary>
public sealed partial class HeartbeatTests : IDisposable
{
    private static readonly DateTimeOffset Begin = DateTimeOffset.UnixEpoch.AddYears(50);
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(20);

    private readonly TestScheduler _scheduler = new();
    private readonly VirtualNetwork _network;
    private readonly VirtualNat _nat;
    private readonly VirtualHost _a;
    private readonly VirtualHost _b;
    private readonly UdpLink _ground;
    private readonly UdpLink _drone;
    private uint _number;

    public HeartbeatTests()
    {
        _scheduler.AdvanceTo(Begin.UtcTicks);
        _network = new VirtualNetwork(_scheduler, seed: 1, new VirtualNetworkOptions { Conditions = new PathConditions { Latency = Latency } });
        _nat = _network.AddNat("192.0.2.9");
        _a = _network.AddHost("a", _nat, "10.0.0.1");
        _b = _network.AddHost("b", "10.0.1.2");
        _ground = UdpLink.Over(_b.Listen("*:9000"), Options("ground"));
        _drone = UdpLink.Over(_a.Connect("b:9000"), Options("drone"));
        _ground.Start();
        _drone.Start();
    }

    public void Dispose()
    {
        LedgerAssert.Balances(_ground.GetStatistics());
        LedgerAssert.Balances(_drone.GetStatistics());
        _network.Dispose();
    }

    [Fact]
    public void Both_ends_know_the_round_trip_and_how_far_the_other_clock_is_ahead()
    {
        _b.ClockOffset = TimeSpan.FromSeconds(7);

        Advance(10);

        var drone = Peer(_ground);
        var ground = Peer(_drone);
        AssertNear(2 * Latency, drone.RoundTripTime);
        AssertNear(2 * Latency, ground.RoundTripTime);
        AssertNear(2 * Latency, ground.LastRoundTripTime);
        AssertNear(TimeSpan.FromSeconds(-7), drone.ClockOffset);
        AssertNear(TimeSpan.FromSeconds(7), ground.ClockOffset);
        Assert.Equal(0, ground.DelayTrend!.Value, tolerance: 1e-3);
        Assert.Equal(("drone", PeerState.Alive), (drone.Source, drone.State));
        Assert.Equal(("ground", PeerState.Alive), (ground.Source, ground.State));
        Assert.Equal(0, _ground.GetStatistics().Heartbeats.Refused);
    }

    [Fact]
    public void An_uneven_path_puts_the_clock_off_by_at_most_half_a_round_trip()
    {
        _network.Path("a", "b").Conditions = new PathConditions { Latency = TimeSpan.FromMilliseconds(100) };

        Advance(10);

        AssertNear(TimeSpan.FromMilliseconds(120), Peer(_drone).RoundTripTime);
        AssertNear(TimeSpan.FromMilliseconds(40), Peer(_drone).ClockOffset);
    }

    [Fact]
    public void The_shortest_of_the_last_round_trips_counts()
    {
        _network.Conditions = new PathConditions { Latency = Latency, Jitter = Distribution.Uniform(TimeSpan.Zero, TimeSpan.FromMilliseconds(400)) };
        var shortest = TimeSpan.MaxValue;
        for (var second = 0; second < 60; second++)
        {
            Advance(1);
            if (Peer(_drone) is { RoundTripTime: { } best, LastRoundTripTime: { } last, ClockOffset: { } offset })
            {
                Assert.InRange(best, 2 * Latency - TimeSpan.FromMilliseconds(1), last);
                Assert.InRange(offset.Duration(), TimeSpan.Zero, best / 2);
                shortest = best < shortest ? best : shortest;
            }
        }

        Assert.InRange(shortest, 2 * Latency - TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(400));
    }

    [Fact]
    public void A_longer_and_longer_way_shows_as_a_trend()
    {
        var trend = 0.0;
        for (var second = 0; second < 30; second++)
        {
            _network.Path("a", "b").Conditions = new PathConditions { Latency = TimeSpan.FromMilliseconds(20 + (10 * second)) };
            Advance(1);
            trend = Peer(_ground).DelayTrend ?? 0;
        }

        Assert.Equal(0.01, trend, tolerance: 0.002);
        Assert.Equal(0, Peer(_drone).DelayTrend!.Value, tolerance: 1e-3);
    }

    [Theory]
    [InlineData(10, 0)]
    [InlineData(-10, 0)]
    [InlineData(0, 10)]
    [InlineData(0, -10)]
    [InlineData(-10, 10)]
    public void A_clock_that_is_set_by_years_shows_as_an_offset_and_in_no_round_trip(int here, int there)
    {
        Advance(10);
        _a.ClockOffset = here * TimeSpan.FromDays(365);
        _b.ClockOffset = there * TimeSpan.FromDays(365);
        for (var i = 0; i < 100; i++)
        {
            Advance(0.1);
            AssertNear(2 * Latency, Peer(_drone).LastRoundTripTime);
            AssertNear(2 * Latency, Peer(_ground).LastRoundTripTime);
            Assert.Equal((PeerState.Alive, PeerState.Alive), (Peer(_drone).State, Peer(_ground).State));
        }

        var ahead = (there - here) * TimeSpan.FromDays(365);
        AssertNear(ahead, Peer(_drone).ClockOffset);
        AssertNear(-ahead, Peer(_ground).ClockOffset);
        Assert.Equal(0, Peer(_drone).DelayTrend!.Value, tolerance: 1e-3);
    }

    [Fact]
    public void A_link_that_sends_anyway_sends_a_heartbeat_only_to_measure()
    {
        Advance(10);
        var before = _drone.GetStatistics().Heartbeats.Sent;
        for (var i = 0; i < 200; i++)
        {
            Assert.True(_drone.SendAsync(i).IsCompletedSuccessfully);
            Advance(0.1);
        }

        Assert.InRange(_drone.GetStatistics().Heartbeats.Sent - before, 3, 5);
    }

    [Fact]
    public async Task Heartbeats_of_links_are_frames_and_no_messages()
    {
        var messages = _ground.Messages.Record(_scheduler);
        var frames = _ground.Frames.Record(_scheduler);
        using var route = _ground.Handle(new MessageType("unused"), static _ => { });
        var waiting = _ground.ReceiveAsync(TimeSpan.FromSeconds(9));

        Advance(10);

        Assert.Empty(messages.Values);
        Assert.True(frames.Values.Count >= 10);
        Assert.True(waiting.IsCompleted);
        Assert.Null(await waiting);
        Assert.Equal(0, _ground.GetStatistics().Unrouted);
    }

    [Fact]
    public void Loss_of_half_of_all_datagrams_kills_nobody_that_answers_within_ten_misses()
    {
        _network.Conditions = new PathConditions { Latency = Latency, Loss = LossModel.Random(0.5) };
        using var drone = Another("lossy", new HeartbeatOptions { Misses = 10 });
        using var seen = drone.Peers.Record(_scheduler);

        Advance(120);

        Assert.Equal([PeerState.Joined, PeerState.Alive], seen.Values.Select(t => t.To));
        AssertNear(2 * Latency, Peer(drone).RoundTripTime);
    }

    [Fact]
    public void A_partition_shows_on_the_side_that_hears_nothing_and_heals()
    {
        Advance(10);
        using var atGround = _ground.Peers.Record(_scheduler);
        using var atDrone = _drone.Peers.Record(_scheduler);
        _network.Path("a", "b").IsDown = true;
        Advance(10);

        Assert.Equal([PeerState.Alive, PeerState.Silent], atGround.Values.Select(t => t.To));

        // Who is not heard is not sent to: in the end the other side falls silent as well.
        Assert.Equal([PeerState.Alive, PeerState.Silent], atDrone.Values.Select(t => t.To));

        _network.Path("a", "b").IsDown = false;
        Advance(3);

        Assert.Equal(PeerState.Alive, Peer(_ground).State);
        Assert.Equal(PeerState.Alive, Peer(_drone).State);
        AssertNear(2 * Latency, Peer(_drone).RoundTripTime);
    }

    [Fact]
    public void After_a_rebinding_the_drone_is_another_peer()
    {
        Advance(10);
        using var seen = _ground.Peers.Record(_scheduler);
        var before = Peer(_ground).Endpoint;

        _nat.Rebind();
        Advance(400);

        var after = Assert.Single(_ground.GetPeers()).Endpoint;
        Assert.NotEqual(before, after);
        Assert.Equal([PeerState.Alive, PeerState.Silent, PeerState.Gone], seen.Values.Where(t => t.Peer.Equals(before)).Select(t => t.To));
        Assert.Equal([PeerState.Joined, PeerState.Alive], seen.Values.Where(t => t.Peer.Equals(after)).Select(t => t.To));
        AssertNear(2 * Latency, Peer(_drone).RoundTripTime);
    }

    [Fact]
    public void A_crash_and_a_restart_show_as_a_silence()
    {
        Advance(10);
        using var seen = _drone.Peers.Record(_scheduler);

        _b.Crash();
        Advance(10);
        _b.Restart();
        Advance(10);

        Assert.Equal([PeerState.Alive, PeerState.Silent, PeerState.Alive], seen.Values.Select(t => t.To));
        AssertNear(2 * Latency, Peer(_drone).RoundTripTime);
    }

    [Theory]
    [InlineData("silent")]
    [InlineData("heartbeats of its own")]
    [InlineData("echo")]
    [InlineData("echo in envelopes of its own")]
    [InlineData("lies")]
    public void An_original_peer_lives_while_it_is_heard_and_has_no_round_trip(string manner)
    {
        var port = _b.Listen("*:9001");
        port.Datagrams.Subscribe(datagram =>
        {
            var text = Encoding.UTF8.GetString(datagram.Payload.Span[8..]);
            var answer = manner switch
            {
                "echo" => text,
                "echo in envelopes of its own" => Envelope(text[(text.IndexOf("\"data\":", StringComparison.Ordinal) + 7)..^1], Field(text, "message_id")),
                "lies" => Answer(text, "1e300"),
                _ => null,
            };
            if (answer is not null && datagram.Payload.Length < 1000)
            {
                port.Send(Frame(answer), datagram.Remote);
            }
        });
        port.Start();
        using var link = UdpLink.Over(_a.Connect("b:9001"), Options("drone"));
        var messages = link.Messages.Record(_scheduler);
        Advance(1);
        UdpEndpoint? me = null;
        using var listening = port.Datagrams.Subscribe(datagram => me = datagram.Remote);
        for (var i = 0; i < 100; i++)
        {
            Advance(1);
            if (manner is "silent" or "heartbeats of its own" && me is not null)
            {
                port.Send(Frame(Envelope("null", null, manner == "silent" ? "data" : "heartbeat")), me);
            }
        }

        Advance(0.5);
        var peer = Peer(link);
        Assert.Equal(PeerState.Alive, peer.State);
        Assert.Null(peer.RoundTripTime);
        Assert.Null(peer.ClockOffset);
        Assert.InRange(messages.Values.Count, manner is "silent" or "heartbeats of its own" ? 98 : 0, manner is "silent" or "heartbeats of its own" ? 100 : 0);
        var heartbeats = link.GetStatistics().Heartbeats;
        Assert.Equal(0, heartbeats.Measured);

        // What it asks is answered, and an answer is a sign of life as good as a heartbeat.
        Assert.InRange(heartbeats.Sent, manner == "echo in envelopes of its own" ? 40 : 95, 105);
        Assert.InRange(heartbeats.Answered, 0, 105);
        Assert.Equal(0, link.GetStatistics().SendQueued);

        port.Dispose();
        Advance(5);
        Assert.Equal(PeerState.Silent, Peer(link).State);
    }

    private static LinkOptions Options(string source, HeartbeatOptions? heartbeat = null) => new() { Source = source, Heartbeat = heartbeat ?? new HeartbeatOptions() };

    private static PeerStatistics Peer(UdpLink link) => Assert.Single(link.GetPeers());

    private static void AssertNear(TimeSpan expected, TimeSpan? actual) =>
        Assert.InRange(Assert.NotNull(actual), expected - TimeSpan.FromMilliseconds(1), expected + TimeSpan.FromMilliseconds(1));

    private static string Envelope(string data, string? correlation, string type = "heartbeat") =>
        $$"""{"metadata": {"message_id": "udp_1", "timestamp": 1700000000.5, "message_type": "{{type}}", "priority": 2, "source": "plant", "destination": null, "correlation_id": {{(correlation is null ? "null" : $"\"{correlation}\"")}}}, "data": {{data}}}""";

    /// <summary>The answer of a peer that says how long it held a heartbeat.</summary>
    private static string Answer(string request, string held) =>
        Envelope($$"""{"reply":{{request.Split("\"request\":").Last().TrimEnd('}')}},"held":{{held}}}""", Field(request, "message_id"));

    private static string Field(string json, string name) =>
        System.Text.Json.JsonDocument.Parse(json).RootElement.GetProperty("metadata").GetProperty(name).GetString()!;

    private byte[] Frame(string envelope)
    {
        var frame = new ArrayBufferWriter<byte>();
        FrameFormat.CrcSequenced.Write(_number++, Encoding.UTF8.GetBytes(envelope), frame);
        return frame.WrittenSpan.ToArray();
    }

    private UdpLink Another(string name, HeartbeatOptions heartbeat)
    {
        var link = UdpLink.Over(_a.Connect("b:9000"), Options(name, heartbeat));
        link.Start();
        return link;
    }

    private void Advance(double seconds) => _scheduler.AdvanceBy(TimeSpan.FromSeconds(seconds).Ticks);
}
