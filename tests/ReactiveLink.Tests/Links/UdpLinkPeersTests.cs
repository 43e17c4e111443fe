using System.Net;
using Microsoft.Reactive.Testing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Links;

/// <summary>Who comes and goes at a link, as its observers are told, in virtual time.</summary>
public sealed partial class UdpLinkPeersTests : IDisposable
{
    private static readonly DateTimeOffset Begin = DateTimeOffset.UnixEpoch.AddYears(50);

    private readonly TestScheduler _scheduler = new();
    private readonly List<PeerTransition> _seen = [];
    private FakeTransport _transport = null!;
    private UdpLink _link;

    public UdpLinkPeersTests()
    {
        _scheduler.AdvanceTo(Begin.UtcTicks);
        _link = Open(new LinkOptions());
    }

    public void Dispose() => _link.Dispose();

    [Fact]
    public void ArgumentChecking() => Assert.Throws<ArgumentNullException>("observer", () => _link.Peers.Subscribe(null!));

    [Fact]
    public void Never()
    {
        var ended = 0;
        using var subscription = _link.Peers.Subscribe(_seen.Add, () => ended++);

        Advance(600);

        Assert.Empty(_seen);
        Assert.Equal(0, ended);
        Assert.True(_transport.Started);
        Assert.Empty(_link.GetPeers());
    }

    [Fact]
    public void Empty()
    {
        _link.Dispose();
        var ended = 0;
        using var subscription = _link.Peers.Subscribe(_seen.Add, () => ended++);

        Advance(10);

        Assert.Equal(1, ended);
        Assert.Empty(_seen);
    }

    [Fact]
    public void Error()
    {
        var error = new InvalidOperationException("lost for good");
        var failures = new List<Exception>();
        using var before = _link.Peers.Subscribe(_seen.Add, failures.Add);

        _transport.Fail(error);
        using var after = _link.Peers.Subscribe(_seen.Add, failures.Add);

        Assert.Equal([error, error], failures);
    }

    [Fact]
    public void Completion_tells_who_is_there_and_then_the_end()
    {
        var ended = 0;
        _transport.Inject(Wire.Message(0));
        _link.Dispose();

        using var subscription = _link.Peers.Subscribe(_seen.Add, () => ended++);

        Assert.Equal((PeerState.Gone, PeerState.Joined, PeerTransitionReason.Present), Only(_seen));
        Assert.Equal(1, ended);
    }

    [Fact]
    public void A_disposed_subscription_hears_nothing_and_the_timer_stops()
    {
        var subscription = _link.Peers.Subscribe(_seen.Add);
        subscription.Dispose();
        subscription.Dispose();

        _transport.Inject(Wire.Message(0));
        Advance(10);

        Assert.Empty(_seen);
        _scheduler.Start();
        Assert.InRange(_scheduler.Clock, Begin.UtcTicks, Begin.UtcTicks + TimeSpan.FromSeconds(10).Ticks);
    }

    [Fact]
    public void A_peer_joins_lives_falls_silent_lives_again_and_goes()
    {
        using var subscription = _link.Peers.Subscribe(_seen.Add);

        _transport.Inject(Wire.Message(0));
        Advance(1);
        _transport.Inject(Wire.Message(1));
        Advance(5);
        _transport.Inject(Wire.Message(2));
        Advance(400);

        Assert.Equal(
            [
                (PeerState.Gone, PeerState.Joined, PeerTransitionReason.Heard, 0.25),
                (PeerState.Joined, PeerState.Alive, PeerTransitionReason.Heard, 1.25),
                (PeerState.Alive, PeerState.Silent, PeerTransitionReason.Silence, 4),
                (PeerState.Silent, PeerState.Alive, PeerTransitionReason.Heard, 6.25),
                (PeerState.Alive, PeerState.Silent, PeerTransitionReason.Silence, 9),
                (PeerState.Silent, PeerState.Gone, PeerTransitionReason.Expired, 306.25),
            ],
            _seen.Select(t => (t.From, t.To, t.Reason, (t.At - Begin).TotalSeconds)));
        Assert.All(_seen, transition => Assert.Equal(Wire.Remote, transition.Peer));
        Assert.Empty(_link.GetPeers());
    }

    [Fact]
    public void A_peer_that_comes_again_after_it_went_joins_again()
    {
        using var subscription = _link.Peers.Subscribe(_seen.Add);
        _transport.Inject(Wire.Message(0));
        Advance(400);
        _seen.Clear();

        _transport.Inject(Wire.Message(1));
        Advance(1);

        Assert.Equal((PeerState.Gone, PeerState.Joined, PeerTransitionReason.Heard), Only(_seen));
        Assert.Equal(1, Assert.Single(_link.GetPeers()).Received);
    }

    [Fact]
    public void A_subscriber_hears_first_of_those_who_are_there()
    {
        _transport.Inject(Wire.Message(0));
        _transport.Inject(Wire.Message(1));
        _transport.Inject(Wire.Message(0), Wire.OtherRemote);

        using var subscription = _link.Peers.Subscribe(_seen.Add);

        Assert.Equal(
            [(Wire.Remote, PeerState.Gone, PeerState.Alive, PeerTransitionReason.Present), (Wire.OtherRemote, PeerState.Gone, PeerState.Joined, PeerTransitionReason.Present)],
            _seen.Select(t => (t.Peer, t.From, t.To, t.Reason)));
    }

    [Fact]
    public void A_bad_frame_is_a_sign_of_life_of_a_peer_that_is_known_alone()
    {
        using var subscription = _link.Peers.Subscribe(_seen.Add);
        _transport.Inject(Wire.Message(0));
        _transport.Inject(Wire.Message(1));
        Advance(2);
        _transport.Inject(Wire.Corrupt(Wire.Message(2)));
        _transport.Inject(Wire.Corrupt(Wire.Message(2)), Wire.OtherRemote);
        Advance(2.5);

        var peer = Assert.Single(_link.GetPeers());
        Assert.Equal((Wire.Remote, PeerState.Alive, TimeSpan.FromSeconds(2.5), 2), (peer.Endpoint, peer.State, peer.SilentFor, peer.Received));
    }

    [Fact]
    public void A_message_that_cannot_be_read_is_a_sign_of_life()
    {
        using var messages = _link.Messages.Subscribe();
        _transport.Inject(Wire.Frame(0, "no JSON"u8));
        _transport.Inject(Wire.Frame(1, "no JSON"u8));

        Assert.Equal(PeerState.Alive, Assert.Single(_link.GetPeers()).State);
    }

    [Fact]
    public void A_peer_whose_place_is_needed_goes()
    {
        Reopen(new LinkOptions { Sequencing = new SequenceOptions { MaximumPeers = 1 } });
        using var subscription = _link.Peers.Subscribe(_seen.Add);
        _transport.Inject(Wire.Message(0));
        Advance(1);

        _transport.Inject(Wire.Message(0), Wire.OtherRemote);
        Advance(1);

        Assert.Equal(
            [
                (Wire.Remote, PeerState.Joined, PeerTransitionReason.Heard),
                (Wire.Remote, PeerState.Gone, PeerTransitionReason.Displaced),
                (Wire.OtherRemote, PeerState.Joined, PeerTransitionReason.Heard),
            ],
            _seen.Select(t => (t.Peer, t.To, t.Reason)));
        Assert.Equal(1, _link.GetStatistics().PeersForgotten);
    }

    [Fact]
    public void A_peer_that_goes_and_comes_to_another_place_while_those_present_are_told_goes_after_them()
    {
        var third = new UdpEndpoint(IPAddress.Loopback, 1);
        Reopen(new LinkOptions { Sequencing = new SequenceOptions { PeerIdleExpiry = TimeSpan.FromSeconds(1) } });
        _transport.Inject(Wire.Message(0));
        _transport.Inject(Wire.Message(0), Wire.OtherRemote);
        _transport.Inject(Wire.Message(0), third);
        using var subscription = _link.Peers.Subscribe(transition =>
        {
            _seen.Add(transition);
            if (_seen.Count == 1)
            {
                // The first two are forgotten meanwhile, and who comes takes the place that was given up last: that of the second.
                Advance(2);
                for (var i = 0U; i < 4; i++)
                {
                    _transport.Inject(Wire.Message(i), third);
                }

                _transport.Inject(Wire.Message(0));
            }
        });
        Advance(0.5);

        Assert.DoesNotContain(_seen.SkipWhile(t => t.Reason == PeerTransitionReason.Present), t => t.Reason == PeerTransitionReason.Present);
        Assert.Equal(
            [
                (PeerState.Gone, PeerState.Joined, PeerTransitionReason.Present),
                (PeerState.Joined, PeerState.Gone, PeerTransitionReason.Expired),
                (PeerState.Gone, PeerState.Joined, PeerTransitionReason.Heard),
            ],
            _seen.Where(t => t.Peer.Equals(Wire.Remote)).Select(t => (t.From, t.To, t.Reason)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_peer_that_goes_and_comes_to_another_place_between_two_looks_goes_first(int others)
    {
        Reopen(new LinkOptions { Sequencing = new SequenceOptions { PeerIdleExpiry = TimeSpan.FromMilliseconds(10) } });
        using var subscription = _link.Peers.Subscribe(_seen.Add);
        Advance(0.245);
        _transport.Inject(Wire.Message(0));
        _transport.Inject(Wire.Message(0), Wire.OtherRemote);
        Advance(0.05);
        Assert.Equal(2, _seen.Count);

        // Both are forgotten by now. Who comes takes the place that was given up last.
        Advance(0.195);
        for (var i = 0; i < 3 + others; i++)
        {
            _transport.Inject(Wire.Message(0), new UdpEndpoint(IPAddress.Loopback, 1 + (i % (1 + others))));
        }

        _transport.Inject(Wire.Message(0), Wire.OtherRemote);
        _transport.Inject(Wire.Message(0));
        Advance(0.015);

        foreach (var peer in new[] { Wire.Remote, Wire.OtherRemote })
        {
            Assert.Equal(
                [(PeerState.Gone, PeerState.Joined), (PeerState.Joined, PeerState.Gone), (PeerState.Gone, PeerState.Joined)],
                _seen.Where(t => t.Peer.Equals(peer)).Select(t => (t.From, t.To)));
        }
    }

    [Fact]
    public void Frames_without_numbers_have_peers_that_live()
    {
        Reopen(new LinkOptions { Frame = FrameFormat.None, Codec = MessageCodecs.Text, Sequencing = new SequenceOptions { MaximumPeers = 1 } });
        var messages = new List<Message>();
        using var reading = _link.Messages.Subscribe(messages.Add);
        using var subscription = _link.Peers.Subscribe(_seen.Add);
        _transport.Inject("one"u8.ToArray());
        _transport.Inject("two"u8.ToArray());
        _transport.Inject("of another"u8.ToArray(), Wire.OtherRemote);
        Advance(1);

        // The second has no place, and its messages come all the same.
        Assert.Equal(3, messages.Count);
        Assert.Equal([PeerState.Joined, PeerState.Alive], _seen.Select(t => t.To));
        Assert.Equal(0, _link.GetStatistics().CountOf(FaultReason.PeerLimit));
    }

    [Fact]
    public void Of_many_peers_each_is_told_of()
    {
        const int Count = 20_000;
        Reopen(new LinkOptions());
        using var subscription = _link.Peers.Subscribe(_seen.Add);
        for (var i = 0; i < Count; i++)
        {
            var remote = new UdpEndpoint(new IPAddress(0x0A000001 + i), 5000);
            _transport.Inject(Wire.Message(0), remote);
            _transport.Inject(Wire.Message(1), remote);
        }

        Advance(1);
        Assert.Equal(Count, _seen.Count(t => t.To == PeerState.Alive));
        Advance(4);
        Assert.Equal(Count, _seen.Count(t => t.To == PeerState.Silent));
        Advance(400);
        Assert.Equal(Count, _seen.Count(t => t.To == PeerState.Gone));
        Assert.Equal(4 * Count, _seen.Count);
    }

    [Fact]
    public void A_subscriber_that_throws_loses_its_own_subscription_only()
    {
        var faults = new List<Fault>();
        using var watching = _link.Faults.Subscribe(faults.Add);
        using var bad = _link.Peers.Subscribe(_ => throw new InvalidOperationException("the observer's"));
        using var good = _link.Peers.Subscribe(_seen.Add);
        _transport.Inject(Wire.Message(0));
        Advance(1);
        _transport.Inject(Wire.Message(1));
        Advance(1);

        Assert.Equal([PeerState.Joined, PeerState.Alive], _seen.Select(t => t.To));
        Assert.Equal(FaultReason.SubscriberFailed, Assert.Single(faults).Reason);
    }

    [Fact]
    public void Dispose_within_a_notification_ends_it_there()
    {
        IDisposable? subscription = null;
        subscription = _link.Peers.Subscribe(transition =>
        {
            _seen.Add(transition);
            subscription?.Dispose();
        });
        _transport.Inject(Wire.Message(0));
        _transport.Inject(Wire.Message(0), Wire.OtherRemote);
        Advance(1);

        Assert.Single(_seen);
    }

    private static (PeerState From, PeerState To, PeerTransitionReason Reason) Only(List<PeerTransition> seen)
    {
        var transition = Assert.Single(seen);
        return (transition.From, transition.To, transition.Reason);
    }

    private UdpLink Open(LinkOptions options)
    {
        _transport = new FakeTransport(_scheduler);
        return UdpLink.Over(_transport, options);
    }

    private void Reopen(LinkOptions options)
    {
        _link.Dispose();
        _link = Open(options);
    }

    private void Advance(double seconds) => _scheduler.AdvanceBy(TimeSpan.FromSeconds(seconds).Ticks);
}
