using System.Collections.Immutable;
using ReactiveLink;

namespace Dashboard.Feed;

/// <summary>
/// The peers of a link, read once a second: what became of each since the reading before. The one place that knows how a link tells of its peers. For one caller at
/// a time, but for <see cref="Name"/>.
/// </summary>
internal sealed class PeerBoard(UdpLink link, FeedOptions options)
{
    private const double AliveSeconds = 2;

    private readonly Lock _gate = new();
    private readonly Dictionary<UdpEndpoint, string> _names = [];
    private Dictionary<UdpEndpoint, Memory> _memories = [];

    /// <summary>The mean of the jitter of the peers last read, and the largest, in milliseconds.</summary>
    public (double Mean, double Worst) Jitter { get; private set; }

    /// <summary>What a peer calls itself, from one of its messages.</summary>
    public void Name(UdpEndpoint peer, string source)
    {
        lock (_gate)
        {
            if (_names.Count < options.PeersTracked || _names.ContainsKey(peer))
            {
                _names[peer] = source;
            }
        }
    }

    /// <summary>The name of a peer, or its endpoint while it has none.</summary>
    public string NameOf(UdpEndpoint peer)
    {
        lock (_gate)
        {
            return _names.TryGetValue(peer, out var name) && name.Length > 0 ? name : peer.ToString();
        }
    }

    /// <summary>Reads them.</summary>
    /// <param name="elapsed">The time now, by a clock that only runs forward.</param>
    /// <returns>How many there are; those with the highest rates; and those that alerts are about, which are no more than are tracked.</returns>
    public (PeerUpdate Update, ImmutableArray<TrackedPeer> Tracked) Read(TimeSpan elapsed)
    {
        var peers = link.Peers;
        var memories = new Dictionary<UdpEndpoint, Memory>(Math.Min(peers.Length, options.PeersTracked));
        var rows = ImmutableArray.CreateBuilder<TrackedPeer>(Math.Min(peers.Length, options.PeersTracked));
        foreach (var peer in peers.Take(options.PeersTracked))
        {
            var endpoint = (UdpEndpoint)peer.Key;
            var now = peer.GetStatistics();
            var memory = (_memories.GetValueOrDefault(endpoint) ?? new Memory(elapsed)).Next(now, elapsed);
            memories[endpoint] = memory;
            rows.Add(new TrackedPeer(endpoint, ToRow(endpoint, peer.Jitter, memory)));
        }

        _memories = memories;
        var tracked = rows.ToImmutable();
        Jitter = tracked.IsEmpty ? (0, 0) : (Math.Round(tracked.Average(peer => peer.Row.Jitter), 3), tracked.Max(peer => peer.Row.Jitter));
        ForgetNames();
        return (new PeerUpdate(peers.Length, [.. tracked.Select(peer => peer.Row).OrderByDescending(row => row.PerSecond).Take(options.PeersShown)]), tracked);
    }

    private PeerRow ToRow(UdpEndpoint endpoint, TimeSpan jitter, Memory memory)
    {
        string source;
        lock (_gate)
        {
            source = _names.GetValueOrDefault(endpoint, "");
        }

        return new PeerRow(
            endpoint.ToString(),
            source,
            memory.Quiet < AliveSeconds ? "Alive" : "Silent",
            Math.Round(memory.PerSecond, 1),
            memory.Now.Received,
            memory.Now.Lost,
            Math.Round(memory.Loss, 4),
            memory.Now.Duplicates,
            memory.Now.Late,
            memory.Now.Restarts,
            Math.Round(jitter.TotalMilliseconds, 3),
            Math.Round(memory.Quiet, 1));
    }

    private void ForgetNames()
    {
        lock (_gate)
        {
            if (_names.Count > _memories.Count)
            {
                foreach (var gone in _names.Keys.Where(peer => !_memories.ContainsKey(peer)).ToArray())
                {
                    _names.Remove(gone);
                }
            }
        }
    }

    /// <summary>What the last readings of a peer were.</summary>
    private sealed class Memory(TimeSpan at)
    {
        /// <summary>Loss is over so many readings: of a peer that sends little, a single one lost would be much.</summary>
        private const int LossReadings = 5;

        private readonly Queue<SequenceStatistics> _before = [];
        private TimeSpan _at = at;
        private TimeSpan _heard = at;

        public SequenceStatistics Now { get; private set; }

        public double PerSecond { get; private set; }

        public double Loss { get; private set; }

        public double Quiet { get; private set; }

        public Memory Next(SequenceStatistics now, TimeSpan elapsed)
        {
            var seconds = (elapsed - _at).TotalSeconds;
            if (now.Received != Now.Received)
            {
                _heard = elapsed;
            }

            PerSecond = seconds > 0 ? Math.Max(0, now.Received - Now.Received) / seconds : 0;
            _before.Enqueue(Now);
            Loss = now.LossSince(_before.Peek()).Fraction;
            if (_before.Count == LossReadings)
            {
                _before.Dequeue();
            }

            Quiet = (elapsed - _heard).TotalSeconds;
            Now = now;
            _at = elapsed;
            return this;
        }
    }
}
