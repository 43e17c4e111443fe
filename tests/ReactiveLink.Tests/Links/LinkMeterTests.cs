using System.Diagnostics.Metrics;
using Microsoft.Reactive.Testing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Links;

/// <summary>A link's figures as a meter.</summary>
public sealed class LinkMeterTests : IDisposable
{
    private readonly TestScheduler _scheduler = new();
    private readonly FakeTransport _transport;
    private readonly UdpLink _link;
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, double> _read = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _units = new(StringComparer.Ordinal);
    private readonly List<string> _gone = [];
    private readonly Thread _thread = Thread.CurrentThread;

    public LinkMeterTests()
    {
        var opening = false;
        _transport = new FakeTransport(_scheduler);

        // Other tests open links meanwhile, on other threads: only this one's instruments are listened to.
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "ReactiveLink" && opening && Thread.CurrentThread == _thread && _units.TryAdd(instrument.Name, instrument.Unit))
            {
                listener.EnableMeasurementEvents(instrument, instrument);
            }
        };
        _listener.MeasurementsCompleted = (instrument, _) => _gone.Add(instrument.Name);
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Read(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Read(instrument, value, tags));
        _listener.Start();
        opening = true;
        _link = UdpLink.Over(_transport, new LinkOptions { MeterPeers = 1 });
        opening = false;
        _link.Messages.Subscribe(_ => { });
    }

    public void Dispose()
    {
        _listener.Dispose();
        _link.Dispose();
    }

    [Fact]
    public void The_figures_are_those_of_the_statistics()
    {
        _transport.Inject(Wire.Message(0));
        _transport.Inject(Wire.Message(3));
        _transport.Inject(Wire.Corrupt(Wire.Message(4)));
        _transport.Inject(Wire.Message(0), Wire.OtherRemote);
        _transport.Drop(FaultReason.KernelDrop, 7);

        Collect();

        var statistics = _link.GetStatistics();
        Assert.Equal(statistics.Ledger.Received, _read["reactivelink.link.datagrams.received"]);
        Assert.Equal(11, _read["reactivelink.link.datagrams.received"]);
        Assert.Equal(3, _read["reactivelink.link.datagrams.delivered"]);
        Assert.Equal(1, _read["reactivelink.link.datagrams.dropped reactivelink.fault.reason=crc-mismatch"]);
        Assert.Equal(7, _read["reactivelink.link.datagrams.dropped reactivelink.fault.reason=kernel-drop"]);
        Assert.Equal(7, _read["reactivelink.link.faults reactivelink.fault.reason=kernel-drop"]);
        Assert.Equal(statistics.BytesReceived, _read["reactivelink.link.io network.io.direction=receive"]);
        Assert.Equal(0, _read["reactivelink.link.io network.io.direction=transmit"]);
        Assert.Equal(2, _read["reactivelink.link.peer.count"]);
        Assert.Equal(2, _read["reactivelink.link.lost"]);
        Assert.Equal(1, _read["reactivelink.link.peer.states reactivelink.peer.state=alive"]);
        Assert.Equal(1, _read["reactivelink.link.peer.states reactivelink.peer.state=joined"]);
        Assert.Equal(0, _read["reactivelink.link.peer.states reactivelink.peer.state=silent"]);

        // One peer by itself, as the options say.
        Assert.Single(_read.Keys, key => key.StartsWith("reactivelink.peer.lost ", StringComparison.Ordinal));
        Assert.Single(_read.Keys, key => key.StartsWith("reactivelink.peer.jitter ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Requests_are_shown_by_how_they_ended()
    {
        var late = _link.RequestAsync(MessageType.Command, 1, to: Wire.Remote);
        _ = _link.RequestAsync(MessageType.Command, 1, to: Wire.Remote, timeout: TimeSpan.FromMinutes(1));
        _scheduler.AdvanceBy(TimeSpan.FromSeconds(6).Ticks);
        await Assert.ThrowsAsync<TimeoutException>(() => late);

        Collect();

        Assert.Equal(1, _read["reactivelink.link.requests.ended reactivelink.request.result=timed-out"]);
        Assert.Equal(0, _read["reactivelink.link.requests.ended reactivelink.request.result=answered"]);
        Assert.Equal(1, _read["reactivelink.link.requests.pending"]);

        // No heartbeat was answered: there is nothing to show, rather than zero.
        Assert.DoesNotContain(_read.Keys, key => key.StartsWith("reactivelink.peer.round_trip_time", StringComparison.Ordinal));
    }

    [Fact]
    public void A_reset_of_the_statistics_does_not_make_counters_fall()
    {
        _transport.Inject(Wire.Message(0));
        _link.ResetStatistics();
        Collect();

        Assert.Equal(1, _read["reactivelink.link.datagrams.received"]);
    }

    [Fact]
    public void Units_are_in_UCUM()
    {
        Assert.Equal("{datagram}", _units["reactivelink.link.datagrams.dropped"]);
        Assert.Equal("By", _units["reactivelink.link.io"]);
        Assert.Equal("s", _units["reactivelink.peer.jitter"]);
        Assert.All(_units.Values, unit => Assert.False(string.IsNullOrEmpty(unit)));
    }

    [Fact]
    public void The_instruments_go_with_the_link()
    {
        _link.Dispose();
        Collect();

        Assert.Empty(_read);
        Assert.Superset(_units.Keys.ToHashSet(StringComparer.Ordinal), _gone.ToHashSet(StringComparer.Ordinal));
        Assert.Equal(_units.Count, _gone.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void A_listener_that_throws_costs_its_figures_and_not_the_link()
    {
        using var listener = new MeterListener();
        var me = Thread.CurrentThread;
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == "ReactiveLink" && Thread.CurrentThread == me)
            {
                throw new InvalidOperationException("mine");
            }
        };
        Assert.ThrowsAny<Exception>(listener.Start);

        using var link = UdpLink.Over(new FakeTransport(_scheduler));

        Assert.Equal(1, link.GetStatistics().CountOf(FaultReason.SubscriberFailed));
    }

    private void Collect() => _listener.RecordObservableInstruments();

    private void Read(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = instrument.Name;
        foreach (var (name, text) in tags)
        {
            if (name == "network.local.address")
            {
                Assert.Equal(_link.LocalEndpoint.Address.ToString(), text);
            }
            else if (name == "network.local.port")
            {
                Assert.Equal(_link.LocalEndpoint.Port, text);
            }
            else
            {
                key += $" {name}={text}";
            }
        }

        _read[key] = value;
    }
}
