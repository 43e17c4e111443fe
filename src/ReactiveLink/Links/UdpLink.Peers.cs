using System.Collections.Immutable;
using ReactiveLink.Diagnostics;
using ReactiveLink.Links;

namespace ReactiveLink;

/// <content>Peers and heartbeats.</content>
public sealed partial class UdpLink
{
    /// <summary>How often a silent link would be heard before it is taken for silent, were there heartbeats.</summary>
    private const int HeartbeatsInSilence = 3;

    /// <summary>
    /// Who comes and goes: the peers that are there first, each with its state, then every change. Changes are noticed within a quarter of a heartbeat interval (of a third of
    /// <see cref="LinkOptions.SilentAfter"/> without heartbeats; with more than 4096 peers four times that). Hot; completes with the link.
    /// <list type="table">
    /// <listheader><term>what happens</term><description>transition, reason</description></listheader>
    /// <item><term>a first datagram</term><description>gone to joined: <see cref="PeerTransitionReason.Heard"/></description></item>
    /// <item><term>a second one</term><description>joined to alive: heard</description></item>
    /// <item><term>none for too long</term><description>to silent: <see cref="PeerTransitionReason.Silence"/></description></item>
    /// <item><term>one again</term><description>silent to alive: heard</description></item>
    /// <item><term>none for <see cref="SequenceOptions.PeerIdleExpiry"/></term><description>to gone: <see cref="PeerTransitionReason.Expired"/></description></item>
    /// <item><term>its place was needed</term><description>to gone: <see cref="PeerTransitionReason.Displaced"/></description></item>
    /// <item><term>it changes while the observer is busy</term><description>the last state alone: nothing waits</description></item>
    /// <item><term>the observer throws</term><description>it loses its subscription: <see cref="FaultReason.SubscriberFailed"/></description></item>
    /// </list>
    /// What a subscription keeps of each peer is bounded by <see cref="SequenceOptions.MaximumPeers"/>. A peer that came and went between two looks is
    /// not told of; <see cref="LinkStatistics.PeersForgotten"/> counts it.
    /// </summary>
    public IObservable<PeerTransition> Peers { get; }

    /// <summary>A snapshot of the peers known now, in no order. Any thread; it holds up no datagram.</summary>
    /// <returns>One for each peer that is joined, alive or silent.</returns>
    public ImmutableArray<PeerStatistics> GetPeers()
    {
        var liveness = _receiver.Liveness;
        var now = liveness.Now;
        var wallNow = _scheduler.SafeNow();
        var table = _receiver.Peers;
        var peers = ImmutableArray.CreateBuilder<PeerStatistics>(table.Count);
        HashSet<UdpEndpoint> seen = new(table.Count);
        for (var place = 0; place < table.Places; place++)
        {
            // One that went and came back meanwhile, in another place, is there once.
            if (table.Look(place, out var lastSeen) is { } peer && Snapshot(peer, liveness, now, lastSeen, wallNow) is { } snapshot && seen.Add(snapshot.Endpoint))
            {
                peers.Add(snapshot);
            }
        }

        return peers.DrainToImmutable();
    }

    /// <summary>How many peers are in each state, but gone.</summary>
    private IEnumerable<KeyValuePair<PeerState, long>> CountPeers()
    {
        var counts = new long[Enum.GetValues<PeerState>().Length];
        var liveness = _receiver.Liveness;
        var now = liveness.Now;
        for (var place = 0; place < liveness.Table.Places; place++)
        {
            if (liveness.Table.Look(place, out var lastSeen) is { } peer)
            {
                counts[(int)liveness.StateOf(peer, now - liveness.ToOwn(lastSeen))]++;
            }
        }

        return new[] { PeerState.Joined, PeerState.Alive, PeerState.Silent }.Select(state => KeyValuePair.Create(state, counts[(int)state]));
    }

    private static PeerStatistics? Snapshot(PeerSequence peer, PeerLiveness liveness, long now, long lastSeen, DateTimeOffset wallNow)
    {
        // One that is heard during the call is not heard in the future.
        var idle = Math.Max(0, now - liveness.ToOwn(lastSeen));
        var state = liveness.StateOf(peer, idle);
        if (state == PeerState.Gone)
        {
            return null;
        }

        var sequence = peer.GetStatistics();
        var statistics = new PeerStatistics
        {
            Endpoint = (UdpEndpoint)peer.Key,
            Source = PeerClock.SourceOf(peer) is { Length: > 0 } source ? source : null,
            State = state,
            LastHeard = new DateTimeOffset(Math.Max(0, wallNow.UtcTicks - idle), TimeSpan.Zero),
            SilentFor = TimeSpan.FromTicks(idle),
            Received = sequence.Received,
            Sequence = sequence,
            Jitter = peer.Jitter,
        };
        return PeerClock.Find(peer)?.AddTo(statistics) ?? statistics;
    }

    /// <summary>Sends what no caller waits for: what goes wrong is a fault already.</summary>
    private bool TryPost(MessageMetadata metadata, ReadOnlySpan<byte> data, UdpEndpoint to)
    {
        try
        {
            var sending = SendEncoded(metadata, data, ToSendTo(to), CancellationToken.None);
            if (sending.IsCompleted)
            {
                sending.GetAwaiter().GetResult();
            }
            else
            {
                _ = Forget(sending.AsTask());
            }

            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    /// <summary>A connected socket is not told again where it is connected to: some systems refuse it.</summary>
    private UdpEndpoint? ToSendTo(UdpEndpoint peer) => peer.Equals(RemoteEndpoint) ? null : peer;

    private static async Task Forget(Task sending) =>
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private sealed class HeartbeatSender(UdpLink link) : IHeartbeatSender
    {
        public UdpEndpoint? Remote => link.RemoteEndpoint;

        public long DatagramsSent => link._sender.DatagramsSent;

        public long UnixTicks => (link._scheduler.Now - DateTimeOffset.UnixEpoch).Ticks;

        public string CreateId() => link._ids.Next();

        public bool IsOwn(string id) => link._ids.IsOwn(id);

        public bool TrySend(in HeartbeatData data, UdpEndpoint to, string id, string? correlationId)
        {
            var metadata = link.CreateMetadata(Priority.High, MessageType.Heartbeat, destination: null, correlationId) with { Id = id };
            return link.TryPost(metadata, data.Write(), to);
        }
    }
}
