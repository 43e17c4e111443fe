using System.Collections.Immutable;
using ReactiveLink;

namespace Dashboard.Feed;

/// <summary>The peers of a link, read once a second: what became of each since the reading before. For one caller at a time, but for <see cref="NameOf"/>.</summary>
internal sealed class PeerBoard(UdpLink link, FeedOptions options)
{
    private Dictionary<UdpEndpoint, Memory> _memories = [];

    /// <summary>The mean of the jitter of the peers last read, and the largest, in milliseconds.</summary>
    public (double Mean, double Worst) Jitter { get; private set; }

    /// <summary>The name of a peer at the last reading, or its endpoint where it has none.</summary>
    public string NameOf(UdpEndpoint peer) =>
        Volatile.Read(ref _memories).TryGetValue(peer, out var memory) && memory.Source.Length > 0 ? memory.Source : peer.ToString();

    /// <summary>Reads them.</summary>
    /// <param name="elapsed">The time now, by a clock that only runs forward.</param>
    /// <returns>How many there are, with those with the highest rates; and those that alerts are about, which are no more than are tracked.</returns>
    public (PeerUpdate Update, ImmutableArray<TrackedPeer> Tracked) Read(TimeSpan elapsed)
    {
        var peers = link.GetPeers();
        var memories = new Dictionary<UdpEndpoint, Memory>(Math.Min(peers.Length, options.PeersTracked));
        var rows = ImmutableArray.CreateBuilder<TrackedPeer>(Math.Min(peers.Length, options.PeersTracked));
        foreach (var peer in peers.Take(options.PeersTracked))
        {
            var memory = _memories.GetValueOrDefault(peer.Endpoint) ?? new Memory(elapsed);
            memory.Next(peer, elapsed, MessageSamples.Cut(peer.Source ?? "", options.NameLength));
            memories[peer.Endpoint] = memory;
            rows.Add(new TrackedPeer(peer.Endpoint, ToRow(peer, memory)));
        }

        Volatile.Write(ref _memories, memories);
        var tracked = rows.ToImmutable();
        Jitter = tracked.IsEmpty ? (0, 0) : (Math.Round(tracked.Average(peer => peer.Row.Jitter), 3), tracked.Max(peer => peer.Row.Jitter));
        return (new PeerUpdate(peers.Length, [.. tracked.Select(peer => peer.Row).OrderByDescending(row => row.PerSecond).Take(options.PeersShown)]), tracked);
    }

    private static PeerRow ToRow(PeerStatistics peer, Memory memory) => new(
        peer.Endpoint.ToString(),
        memory.Source,
        peer.State.ToString(),
        Math.Round(memory.PerSecond, 1),
        peer.Received,
        peer.Sequence.Lost,
        Math.Round(memory.Loss, 4),
        peer.Sequence.Duplicates,
        peer.Sequence.Late,
        peer.Sequence.Restarts,
        Milliseconds(peer.Jitter)!.Value,
        Milliseconds(peer.RoundTripTime),
        Milliseconds(peer.ClockOffset),
        Math.Round(peer.SilentFor.TotalSeconds, 1));

    private static double? Milliseconds(TimeSpan? time) => time is { } value ? Math.Round(value.TotalMilliseconds, 3) : null;

    /// <summary>What the last readings of a peer were.</summary>
    private sealed class Memory(TimeSpan at)
    {
        /// <summary>Loss is over so many readings: of a peer that sends little, a single one lost would be much.</summary>
        private const int LossReadings = 5;

        private readonly Queue<SequenceStatistics> _before = [];
        private SequenceStatistics _last;
        private long _received;
        private TimeSpan _at = at;

        public string Source { get; private set; } = "";

        public double PerSecond { get; private set; }

        public double Loss { get; private set; }

        public void Next(PeerStatistics now, TimeSpan elapsed, string source)
        {
            // One string for one name, however often it is read.
            Source = source == Source ? Source : source;
            var seconds = (elapsed - _at).TotalSeconds;
            PerSecond = seconds > 0 ? Math.Max(0, now.Received - _received) / seconds : 0;
            _before.Enqueue(_last);
            Loss = now.Sequence.LossSince(_before.Peek()).Fraction;
            if (_before.Count == LossReadings)
            {
                _before.Dequeue();
            }

            (_last, _received, _at) = (now.Sequence, now.Received, elapsed);
        }
    }
}
