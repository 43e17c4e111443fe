using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Links;

/// <content>What is known of each peer.</content>
public sealed partial class UdpLinkPeersTests
{
    [Fact]
    public void A_step_of_the_clock_kills_nobody()
    {
        Reopen(new LinkOptions());
        using var subscription = _link.Peers.Subscribe(_seen.Add);
        _transport.Inject(Wire.Message(0));
        _transport.Inject(Wire.Message(1));
        Advance(0.5);

        // The times of reception as a clock that was set says them; the other one, of which durations are made, goes on.
        _transport.Inject(Wire.Message(2), at: Begin.AddYears(-10));
        Advance(2);

        Assert.Equal([PeerState.Joined, PeerState.Alive], _seen.Select(t => t.To));
        Assert.Equal(TimeSpan.FromSeconds(2), Assert.Single(_link.GetPeers()).SilentFor);
    }

    [Fact]
    public void A_snapshot_has_the_figures_of_each_peer()
    {
        using var messages = _link.Messages.Subscribe();
        foreach (var sequence in new uint[] { 0, 1, 4, 4 })
        {
            _transport.Inject(Wire.Message(sequence));
        }

        Advance(1.5);

        var peer = Assert.Single(_link.GetPeers());
        Assert.Equal(
            (Wire.Remote, "plant", PeerState.Alive, Begin, TimeSpan.FromSeconds(1.5), 4),
            (peer.Endpoint, peer.Source, peer.State, peer.LastHeard, peer.SilentFor, peer.Received));
        Assert.Equal(new SequenceStatistics(InOrder: 2, Gaps: 1, Lost: 2, Duplicates: 1, Late: 0, Restarts: 0), peer.Sequence);
        Assert.Null(peer.RoundTripTime);
        Assert.Null(peer.LastRoundTripTime);
        Assert.Null(peer.ClockOffset);
        Assert.Null(peer.DelayTrend);
    }

    [Fact]
    public void Without_messages_decoded_a_peer_has_no_source()
    {
        using var frames = _link.Frames.Subscribe();
        _transport.Inject(Wire.Message(0));

        Assert.Null(Assert.Single(_link.GetPeers()).Source);
    }

    [Theory]
    [InlineData("data")]
    [InlineData("heartbeat")]
    public void Of_a_name_as_long_as_a_datagram_only_the_beginning_is_kept(string type)
    {
        Reopen(new LinkOptions { Heartbeat = new HeartbeatOptions() });
        var name = new string('x', 255) + "\U0001F600" + new string('y', 60_000);
        _transport.Inject(Wire.Message(0, """{"request":1}""", type, name));
        _transport.Inject(Wire.Message(1, """{"request":2}""", type, name));

        Assert.Equal(name[..255], Assert.Single(_link.GetPeers()).Source);
    }
}
