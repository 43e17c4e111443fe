using System.Runtime.InteropServices;

namespace ReactiveLink.Simulation.Reference;

/// <summary>The peers of a link by the docs of <see cref="SequenceOptions"/>: forgotten when idle for longer than the expiry, refused when there are too many.</summary>
internal sealed class ReferencePeers(SequenceSpace space, SequenceOptions options)
{
    private readonly Dictionary<UdpEndpoint, Peer> _peers = [];
    private SequenceStatistics _forgotten;
    private long _wrapsForgotten;

    public SequenceStatistics Totals => _peers.Values.Aggregate(_forgotten, (sum, peer) => sum + peer.Sequence.Statistics);

    public long Wraps => _wrapsForgotten + _peers.Values.Sum(peer => peer.Sequence.Wraps);

    /// <summary>What a number is; null if its peer is refused.</summary>
    public Verdict? Observe(UdpEndpoint endpoint, ulong number, long now)
    {
        foreach (var (key, peer) in _peers)
        {
            if (now - peer.LastSeen > options.PeerIdleExpiry.Ticks)
            {
                _forgotten += peer.Sequence.Statistics;
                _wrapsForgotten += peer.Sequence.Wraps;
                _peers.Remove(key);
            }
        }

        if (!_peers.ContainsKey(endpoint) && _peers.Count >= options.MaximumPeers)
        {
            return null;
        }

        ref var found = ref CollectionsMarshal.GetValueRefOrAddDefault(_peers, endpoint, out _);
        found ??= new Peer(new ReferenceSequence(space, options));
        found.LastSeen = now;
        return found.Sequence.Observe(number);
    }

    /// <summary>Something of no use came: a sign of life of a peer that is known.</summary>
    public void Touch(UdpEndpoint endpoint, long now)
    {
        if (_peers.TryGetValue(endpoint, out var peer) && now - peer.LastSeen <= options.PeerIdleExpiry.Ticks)
        {
            peer.LastSeen = now;
        }
    }

    public ReferenceSequence? Find(UdpEndpoint endpoint) => _peers.GetValueOrDefault(endpoint)?.Sequence;

    public ReferenceJitter JitterOf(UdpEndpoint endpoint) => _peers[endpoint].Jitter;

    private sealed class Peer(ReferenceSequence sequence)
    {
        public ReferenceSequence Sequence => sequence;

        public ReferenceJitter Jitter { get; } = new();

        public long LastSeen { get; set; }
    }
}
