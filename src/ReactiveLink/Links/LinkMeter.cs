using System.Diagnostics.Metrics;

namespace ReactiveLink.Links;

/// <summary>
/// A link's statistics as instruments of a <see cref="Meter"/> named <c>ReactiveLink</c>, for OpenTelemetry, dotnet-counters and whoever listens. All are observable: they
/// read a snapshot when they are collected and cost the receive path nothing. They go with the link. Every measurement has the link's local address and port as tags.
/// </summary>
/// <remarks>Names and units by OpenTelemetry's semantic conventions: dots between words, units in UCUM, things counted in braces.</remarks>
internal sealed class LinkMeter : IDisposable
{
    private const string ReasonTag = "reactivelink.fault.reason";
    private const string StateTag = "reactivelink.peer.state";
    private const string ResultTag = "reactivelink.request.result";

    private readonly Meter _meter;
    private readonly Func<LinkStatistics> _read;
    private readonly Func<IEnumerable<PeerSequence>> _peers;
    private readonly Func<IEnumerable<KeyValuePair<PeerState, long>>> _states;
    private readonly KeyValuePair<string, object?> _address;
    private readonly KeyValuePair<string, object?> _port;

    /// <param name="endpoint">The local endpoint.</param>
    /// <param name="read">Counters since the link was opened, resets left out: they must not fall.</param>
    /// <param name="peers">The peers to measure one by one, no more than the bound.</param>
    /// <param name="states">How many peers are in each state.</param>
    public LinkMeter(
        UdpEndpoint endpoint, Func<LinkStatistics> read, Func<IEnumerable<PeerSequence>> peers, Func<IEnumerable<KeyValuePair<PeerState, long>>> states)
    {
        _states = states;
        _read = read;
        _peers = peers;
        _address = new("network.local.address", endpoint.Address.ToString());
        _port = new("network.local.port", endpoint.Port);

        // Tags of its own tell the meter from those of other links: OpenTelemetry would take instruments of equal meters for one, and end it with the first link.
        _meter = new Meter(new MeterOptions("ReactiveLink") { Version = typeof(UdpLink).Assembly.GetName().Version?.ToString(3), Tags = [_address, _port] });
        try
        {
            CreateInstruments();
        }
        catch
        {
            // A listener that throws at an instrument.
            _meter.Dispose();
            throw;
        }
    }

    public void Dispose() => _meter.Dispose();

    private void CreateInstruments()
    {
        Count("reactivelink.link.datagrams.received", "{datagram}", "Datagrams that arrived, those that the system dropped included.", now => now.Ledger.Received);
        Count("reactivelink.link.datagrams.delivered", "{datagram}", "Datagrams handed on to subscribers.", now => now.Ledger.Delivered);
        _meter.CreateObservableCounter(
            "reactivelink.link.datagrams.dropped", () => ByReason(_read().Ledger.Dropped), "{datagram}", "Datagrams dropped, by reason.");
        Count("reactivelink.link.datagrams.sent", "{datagram}", "Datagrams given to the system.", now => now.MessagesSent);
        _meter.CreateObservableCounter("reactivelink.link.io", ReadBytes, "By", "Payload bytes, by direction.");
        Count("reactivelink.link.messages.received", "{message}", "Messages decoded.", now => now.MessagesReceived);
        Count("reactivelink.link.messages.unrouted", "{message}", "Messages that matched no route, while there were routes.", now => now.Unrouted);
        _meter.CreateObservableCounter("reactivelink.link.faults", () => ByReason(_read().Faults), "{fault}", "What was refused or lost, by reason.");
        Count("reactivelink.link.notifications.missed", "{notification}", "Faults and states that slow observers missed.", now => now.MissedNotifications);
        Level("reactivelink.link.send.queued", "{message}", "Messages waiting to be sent.", now => now.SendQueued);
        Level("reactivelink.link.peer.count", "{peer}", "Peers known.", now => now.Peers);
        _meter.CreateObservableUpDownCounter("reactivelink.link.peer.states", ReadStates, "{peer}", "Peers known, by whether they live.");
        _meter.CreateObservableCounter("reactivelink.link.requests.ended", ReadRequests, "{request}", "Requests that have ended, by how.");
        Level("reactivelink.link.requests.pending", "{request}", "Requests that wait for their answers.", now => now.Requests.Pending);
        Level("reactivelink.link.lost", "{datagram}", "Numbers missing and not come since, over all peers; a late arrival gives its loss back.", now => now.Sequence.Lost);
        Count("reactivelink.link.duplicates", "{datagram}", "Datagrams with a number already received.", now => now.Sequence.Duplicates);
        Count("reactivelink.link.late", "{datagram}", "Datagrams behind the expectation.", now => now.Sequence.Late);
        Count("reactivelink.link.restarts", "{restart}", "How often a sender began anew.", now => now.Sequence.Restarts);
        _meter.CreateObservableUpDownCounter(
            "reactivelink.peer.lost", () => ByPeer<long>(peer => peer.GetStatistics().Lost), "{datagram}", "Numbers missing and not come since, by peer.");
        _meter.CreateObservableGauge(
            "reactivelink.peer.round_trip_time", () => ByPeer(peer => Seconds(PeerClock.Find(peer)?.Best?.RoundTrip)), "s", "Shortest of the last round trips of heartbeats, by peer.");
        _meter.CreateObservableGauge(
            "reactivelink.peer.clock.offset", () => ByPeer(peer => Seconds(PeerClock.Find(peer)?.Best?.Offset)), "s", "How far the peer's clock is ahead, by peer.");
        _meter.CreateObservableGauge("reactivelink.peer.jitter", () => ByPeer<double>(peer => peer.Jitter.TotalSeconds), "s", "Interarrival jitter (RFC 3550), by peer.");
    }

    private void Count(string name, string unit, string description, Func<LinkStatistics, long> value) =>
        _meter.CreateObservableCounter(name, () => new Measurement<long>(value(_read()), _address, _port), unit, description);

    private void Level(string name, string unit, string description, Func<LinkStatistics, long> value) =>
        _meter.CreateObservableUpDownCounter(name, () => new Measurement<long>(value(_read()), _address, _port), unit, description);

    private IEnumerable<Measurement<long>> ReadBytes()
    {
        var now = _read();
        yield return new(now.BytesReceived, _address, _port, new("network.io.direction", "receive"));
        yield return new(now.BytesSent, _address, _port, new("network.io.direction", "transmit"));
    }

    private IEnumerable<Measurement<long>> ByReason(IEnumerable<KeyValuePair<FaultReason, long>> counts) =>
        counts.Select(pair => new Measurement<long>(pair.Value, _address, _port, new(ReasonTag, pair.Key.ToName())));

    private static double? Seconds(long? ticks) => ticks / (double)TimeSpan.TicksPerSecond;

    private IEnumerable<Measurement<long>> ReadStates() =>
        _states().Select(pair => new Measurement<long>(pair.Value, _address, _port, new(StateTag, pair.Key.ToString().ToLowerInvariant())));

    private IEnumerable<Measurement<long>> ReadRequests()
    {
        var now = _read().Requests;
        return new (string Result, long Count)[]
        {
            ("answered", now.Answered), ("failed", now.Failed), ("timed-out", now.TimedOut), ("cancelled", now.Cancelled), ("refused", now.Refused),
        }.Select(pair => new Measurement<long>(pair.Count, _address, _port, new(ResultTag, pair.Result)));
    }

    /// <summary>One for each peer of which the value is known.</summary>
    private IEnumerable<Measurement<T>> ByPeer<T>(Func<PeerSequence, T?> value)
        where T : struct =>
        from peer in _peers()
        let known = value(peer)
        where known is not null
        let remote = (UdpEndpoint)peer.Key
        select new Measurement<T>(known.Value, _address, _port, new("network.peer.address", remote.Address.ToString()), new("network.peer.port", remote.Port));
}
