using System.Buffers;
using System.Globalization;
using Dashboard.Feed;
using ReactiveLink;
using ReactiveLink.Metrics;

namespace Dashboard.Server;

/// <summary>The link's figures for Prometheus, read when they are asked for: nothing is recorded in between.</summary>
internal sealed class LinkMetrics : IDisposable
{
    /// <summary>Peers with figures of their own.</summary>
    private const int MaximumPeers = 32;

    private readonly MetricRegistry _registry = new(new MetricRegistryOptions { MaximumMetrics = 1000 });
    private readonly SemaphoreSlim _turn = new(1);
    private readonly HashSet<(string Name, MetricTags Tags)> _shown = [];

    /// <summary>Writes all figures. One caller after the other: a reading that is older than the last would look like a counter that began anew.</summary>
    public async Task WriteAsync(UdpLink link, FeedSnapshot feed, EventClients clients, IBufferWriter<byte> output, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            ReadLink(link.GetStatistics());
            ReadFeed(feed);
            Level("dashboard.browsers", "Browsers connected.", clients.Count);
            Count("dashboard.browsers.refused", "Browsers refused because there were enough.", clients.Refused);
            Count("dashboard.browsers.slow", "Browsers disconnected because they took nothing.", clients.TooSlow);
            Count("dashboard.events.dropped", "Events that gave way to later ones.", clients.Dropped);
            Count("process.cpu.seconds", "CPU time of the process, user and system.", Environment.CpuUsage.TotalTime.TotalSeconds);
            Count("process.allocated.bytes", "Managed bytes allocated.", GC.GetTotalAllocatedBytes());
            _registry.WritePrometheus(output);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _registry.Dispose();
        _turn.Dispose();
    }

    private void ReadLink(LinkStatistics now)
    {
        Level("reactivelink.up", "1 while the link is connected, else 0.", now.State == ConnectionState.Connected ? 1 : 0);
        Count("reactivelink.datagrams.received", "Datagrams that arrived, those that the system dropped included.", now.Ledger.Received);
        Count("reactivelink.datagrams.delivered", "Datagrams handed on to subscribers.", now.Ledger.Delivered);
        Count("reactivelink.received.bytes", "Payload bytes received.", now.BytesReceived);
        Count("reactivelink.duplicates", "Datagrams with a number already received.", now.Sequence.Duplicates);
        Count("reactivelink.late", "Datagrams behind the expectation.", now.Sequence.Late);
        Count("reactivelink.restarts", "How often a sender began anew.", now.Sequence.Restarts);
        Level("reactivelink.lost", "Numbers missing and not come since; a late arrival gives its loss back.", now.Sequence.Lost);
        Level("reactivelink.peers", "Peers known.", now.Peers);
        foreach (var (reason, count) in now.Ledger.Dropped)
        {
            Count("reactivelink.datagrams.dropped", "Datagrams dropped, by reason.", count, MetricTags.Of(("reason", reason.ToName())));
        }

        foreach (var (reason, count) in now.Faults)
        {
            Count("reactivelink.faults", "What was refused or lost, by reason.", count, MetricTags.Of(("reason", reason.ToName())));
        }
    }

    /// <summary>What comes and goes: peers, and the windows of sources.</summary>
    private void ReadFeed(FeedSnapshot feed)
    {
        var gone = new HashSet<(string Name, MetricTags Tags)>(_shown);
        foreach (var peer in feed.Peers.Rows.OrderBy(peer => peer.Peer, StringComparer.Ordinal).Take(MaximumPeers))
        {
            var tags = MetricTags.Of(("peer", peer.Peer));
            Show("reactivelink.peer.lost", "Numbers missing and not come since, by peer.", peer.Lost, tags);
            Show("reactivelink.peer.jitter.seconds", "Interarrival jitter (RFC 3550), by peer.", peer.Jitter / 1000, tags);
        }

        foreach (var window in feed.Windows.Rows.Where(window => window.Source.Length > 0))
        {
            var source = Visible(window.Source);
            foreach (var (quantile, value) in new[] { ("0.5", window.P50), ("0.9", window.P90), ("0.95", window.P95), ("0.99", window.P99) })
            {
                Show(
                    "reactivelink.transit.seconds",
                    "From a message's timestamp to its receipt, of the messages sampled in the last 10 s: quantiles by source.",
                    (value ?? double.NaN) / 1000,
                    MetricTags.Of(("source", source), ("quantile", quantile)));
            }
        }

        foreach (var (name, tags) in gone)
        {
            _shown.Remove((name, tags));
            _registry.Unregister(name, tags);
        }

        void Show(string name, string description, double value, MetricTags tags)
        {
            gone.Remove((name, tags));
            _shown.Add((name, tags));
            Level(name, description, value, tags);
        }
    }

    /// <summary>A name from the network. The format allows control characters and line separators, but what shows or splits it may not.</summary>
    private static string Visible(string name) => string.Concat(name.Select(character => char.GetUnicodeCategory(character)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}")
        : character.ToString()));

    private void Level(string name, string description, double value, MetricTags? tags = null) => _registry.GetOrAddGauge(name, tags, description).Set(value);

    private void Count(string name, string description, double reading, MetricTags? tags = null)
    {
        var isNew = !_registry.TryGet(name, tags, out _);
        var counter = _registry.GetOrAddCounter(name, tags, description);
        if (isNew)
        {
            // The first reading of a counter is its base.
            counter.Observe(0);
        }

        counter.Observe(reading);
    }
}
