using System.Diagnostics.Metrics;
using System.Reactive.Disposables;
using ReactiveLink.Metrics;
using ReactiveLink.Testing;
using ReactiveLink.Tests.Support;
using MetricTimer = ReactiveLink.Metrics.Timer;

namespace ReactiveLink.Reentrancy.Tests;

/// <summary>The objects with members: the link and its network, the registry with its metrics, meters, observers.</summary>
internal static class ObjectRows
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    public static IEnumerable<(string Name, Func<Hooks, Callback, Bench> Make)> All() =>
    [
        ("UdpLink", (hooks, _) => Link(hooks)),
        ("UdpLink's peers", (hooks, _) => Peers(hooks)),
        ("VirtualNetwork", (hooks, _) => Network(hooks)),
        ("MetricRegistry", (hooks, _) => Registry(hooks)),
        ("MeterObservable", (hooks, _) => Meter(hooks)),
        ("RecordingObserver", (hooks, callback) => Recording(hooks, callback)),
    ];

    private static Bench Link(Hooks hooks)
    {
        var network = new VirtualNetwork(hooks.Scheduler, seed: 1) { Conditions = new PathConditions { Latency = Step / 10 } };
        var options = new LinkOptions { StatisticsInterval = Step, LoggerFactory = new HookedLoggers(hooks), FaultLogInterval = Step };
        var listening = network.AddHost("b", "10.0.0.2").Listen("*:9000", transport => transport with { LoggerFactory = new HookedLoggers(hooks) });
        var sending = network.AddHost("a", "10.0.0.1").Connect("b:9000");
        var link = UdpLink.Over(listening, options);
        var unhandle = link.Handle(new MessageType("unused"), static _ => { });
        return new Bench
        {
            Operations = new Dictionary<string, Action>
            {
                ["Dispose"] = link.Dispose,

                // Not waited for: it waits for the callback, for two seconds of a clock that stands still meanwhile.
                ["DisposeAsync"] = () => _ = link.DisposeAsync().AsTask(),
                ["Start"] = link.Start,

                // Not waited for: a handler would wait for itself.
                ["DrainAsync"] = () => _ = link.DrainAsync(),
                ["DrainAsync cut off"] = () => _ = link.DrainAsync(new CancellationToken(canceled: true)),
                ["SendAsync"] = () => link.SendAsync(1, to: Wire.Remote).AsTask().GetAwaiter().GetResult(),
                ["SendBatchAsync"] = () => link.SendBatchAsync([1, 2], to: Wire.Remote).AsTask().GetAwaiter().GetResult(),
                ["ReceiveAsync"] = () => link.ReceiveAsync(TimeSpan.Zero).GetAwaiter().GetResult(),
                ["Subscribe"] = () => Subscribe(hooks, link).Dispose(),
                ["Handle"] = () =>
                {
                    link.Handle(MessageType.Data, static _ => { });
                    link.Handle(static _ => true, static (_, _) => default);
                },
                ["Unhandle"] = unhandle.Dispose,
                ["Snapshots"] = () =>
                {
                    LedgerAssert.Balances(link.GetStatistics());
                    _ = (link.GetPeers(), link.CurrentState, link.LocalEndpoint, link.RemoteEndpoint, link.CreateMetadata());
                },
                ["ResetStatistics"] = () => link.ResetStatistics(),
            },
            Drive = () =>
            {
                var subscriptions = Subscribe(hooks, link);
                link.Handle(MessageType.Data, _ => hooks.In(Callback.Handler));
                link.Handle(_ => hooks.In(Callback.Selector, true), static (_, _) => throw new InvalidOperationException("the handler's"));
                hooks.IsArmed = true;
                for (uint sequence = 0; sequence < 4; sequence++)
                {
                    sending.Send(sequence == 2 ? [1] : Wire.Message(sequence));
                    hooks.Time.AdvanceBy(Step);
                }

                link.Dispose();
                hooks.Time.AdvanceBy(10 * Step);
                subscriptions.Dispose();
                network.Dispose();
            },
        };
    }

    /// <summary>Two links with heartbeats, of which one asks and the other answers.</summary>
    private static Bench Peers(Hooks hooks)
    {
        var network = new VirtualNetwork(hooks.Scheduler, seed: 1) { Conditions = new PathConditions { Latency = Step / 10 } };
        var heartbeat = new LinkOptions { Heartbeat = new HeartbeatOptions { Interval = Step }, RequestTimeout = 3 * Step, LoggerFactory = new HookedLoggers(hooks) };
        var server = UdpLink.Over(network.AddHost("b", "10.0.0.2").Listen("*:9000"), heartbeat);
        var client = UdpLink.Over(network.AddHost("a", "10.0.0.1").Connect("b:9000"), heartbeat);
        var responding = server.Respond(new MessageType("unused"), static _ => 1);
        return new Bench
        {
            Operations = new Dictionary<string, Action>
            {
                ["Dispose"] = client.Dispose,
                ["Dispose of the other"] = server.Dispose,
                ["Peers"] = () => client.Peers.Subscribe(hooks.Observer<PeerTransition>(isSide: true)).Dispose(),
                ["GetPeers"] = () => _ = (client.GetPeers(), server.GetPeers()),

                // Not waited for: the clock stands still meanwhile.
                ["RequestAsync"] = () => _ = client.RequestAsync(MessageType.Command, 1),
                ["RequestAsync and cancel"] = () =>
                {
                    using var cancellation = new CancellationTokenSource();
                    _ = client.RequestAsync(MessageType.Command, 1, cancellationToken: cancellation.Token);
                    cancellation.Cancel();
                },
                ["Respond"] = () => client.Respond(MessageType.Status, static _ => 1),
                ["Respond no more"] = responding.Dispose,
                ["Snapshots"] = () => LedgerAssert.Balances(client.GetStatistics()),
                ["ResetStatistics"] = () => client.ResetStatistics(),
            },
            Drive = () =>
            {
                var peers = client.Peers.Subscribe(hooks.Observer<PeerTransition>());
                var faults = server.Faults.Subscribe(hooks.Observer<Fault>(isSide: true));
                server.Respond(MessageType.Command, message => message.DataAs<int>() == 1 ? hooks.In(Callback.Handler, 1) : throw new InvalidOperationException("the handler's"));
                hooks.IsArmed = true;
                for (var i = 0; i < 4; i++)
                {
                    _ = client.RequestAsync(MessageType.Command, i);
                    hooks.Time.AdvanceBy(Step);
                }

                network.Path("b", "a").IsDown = true;
                hooks.Time.AdvanceBy(5 * Step);
                client.Dispose();
                server.Dispose();
                hooks.Time.AdvanceBy(10 * Step);
                peers.Dispose();
                faults.Dispose();
                network.Dispose();
            },
        };
    }

    private static CompositeDisposable Subscribe(Hooks hooks, UdpLink link) =>
    [
        link.Datagrams.Subscribe(hooks.Observer<Datagram>()),
        link.Frames.Subscribe(hooks.Observer<Sequenced<Frame>>()),
        link.Messages.Subscribe(hooks.Observer<Message>()),
        link.Faults.Subscribe(hooks.Observer<Fault>(isSide: true)),
        link.State.Subscribe(hooks.Observer<ConnectionState>()),
        link.Statistics.Subscribe(hooks.Observer<LinkStatistics>()),
        link.Peers.Subscribe(hooks.Observer<PeerTransition>()),
    ];

    private static Bench Network(Hooks hooks)
    {
        var network = new VirtualNetwork(hooks.Scheduler, seed: 1)
        {
            Conditions = new PathConditions { Latency = Step / 10, Jitter = Distribution.From(_ => hooks.In(Callback.Selector, TimeSpan.Zero)), Duplication = 0.5 },
        };
        var nat = network.AddNat("192.0.2.9");
        var a = network.AddHost("a", nat, "10.0.0.1");
        var b = network.AddHost("b", "10.0.1.2");
        var listening = b.Listen("*:9000");
        var sending = a.Connect("b:9000");
        var number = 2;
        return new Bench
        {
            Operations = new Dictionary<string, Action>
            {
                ["network.Dispose"] = network.Dispose,
                ["network.AddHost"] = () => network.AddHost($"more {++number}", $"10.0.2.{number}"),
                ["network.AddNat"] = () => network.AddNat($"192.0.2.{++number}"),
                ["network.Snapshots"] = () =>
                {
                    LedgerAssert.Balances(network.GetStatistics());
                    _ = (network.Hosts.Count, network.Failures.Count, network.Seed, network.Start);
                },
                ["network.Events"] = () => network.Events.Subscribe(hooks.Observer<NetworkEvent>(isSide: true)).Dispose(),
                ["network.Conditions"] = () => network.Conditions = network.Conditions with { Latency = Step },
                ["path"] = () =>
                {
                    var path = network.Path("a", "b");
                    path.IsDown = !path.IsDown;
                    path.Conditions = path.Conditions with { Latency = Step };
                },
                ["nat.Rebind"] = nat.Rebind,
                ["host.Crash"] = b.Crash,
                ["host.Restart"] = () =>
                {
                    b.Crash();
                    b.Restart();
                },
                ["host.Clock"] = () =>
                {
                    b.ClockOffset = Step;
                    b.ClockDrift = 0.01;
                },
                ["host.Listen"] = () => b.Listen("*:0").Dispose(),
                ["transport.Send"] = () => sending.Send([1]),
                ["transport.Dispose"] = listening.Dispose,
                ["transport.DisposeAsync"] = () => _ = listening.DisposeAsync().AsTask(),
                ["transport.Start"] = listening.Start,
                ["transport.Snapshots"] = () => LedgerAssert.Balances(listening.GetStatistics()),
                ["transport.Subscribe"] = () =>
                {
                    listening.Datagrams.Subscribe(hooks.Observer<Datagram>()).Dispose();
                    listening.Faults.Subscribe(hooks.Observer<Fault>(isSide: true)).Dispose();
                    listening.State.Subscribe(hooks.Observer<ConnectionState>()).Dispose();
                },
            },
            Drive = () =>
            {
                using var events = network.Events.Subscribe(hooks.Observer<NetworkEvent>(isSide: true));
                using var datagrams = listening.Datagrams.Subscribe(hooks.Observer<Datagram>());
                using var faults = listening.Faults.Subscribe(hooks.Observer<Fault>(isSide: true));
                using var state = listening.State.Subscribe(hooks.Observer<ConnectionState>());
                hooks.IsArmed = true;
                listening.Start();
                for (byte value = 0; value < 4; value++)
                {
                    sending.Send([value]);
                    hooks.Time.AdvanceBy(Step);
                }

                b.Crash();
                b.Restart();
                hooks.Time.AdvanceBy(100 * Step);
                listening.Dispose();
                hooks.Time.AdvanceBy(Step);
                network.Dispose();
            },
        };
    }

    private static Bench Registry(Hooks hooks)
    {
        var registry = new MetricRegistry(new MetricRegistryOptions { Scheduler = hooks.Scheduler, MaximumMetrics = 40, CleanUpInterval = Step, Retention = 10 * Step });
        var counter = registry.GetOrAddCounter("counter");
        var gauge = registry.GetOrAddGauge("gauge");
        var histogram = registry.GetOrAddHistogram("histogram");
        var timer = registry.GetOrAddTimer("timer");
        var rate = registry.GetOrAddRate("rate", window: Step);
        var listener = new MeterListener { InstrumentPublished = (instrument, self) => Publish(hooks, instrument, self) };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => hooks.In(Callback.Listener));
        var name = 0;
        return new Bench
        {
            Operations = new Dictionary<string, Action>
            {
                ["Dispose"] = registry.Dispose,
                ["Register"] = () => registry.Register(MetricType.Gauge, $"more {++name}"),
                ["Unregister"] = () => registry.Unregister("gauge"),
                ["GetOrAdd"] = () => GetOrAdd(registry, ++name),
                ["Record"] = () => Record(registry, counter, gauge, histogram, timer, rate),
                ["Metric members"] = () => Read(counter, gauge, histogram, timer, rate),
                ["Snapshots"] = () => _ = (registry.GetStatistics(), registry.GetMetricStatistics(), registry.Metrics, registry.AlertRules, registry.TryGet("counter", out _)),
                ["Reset"] = registry.Reset,
                ["CleanUp"] = () => registry.CleanUp(),
                ["Subscribe"] = () => Subscribe(hooks, registry, counter).Dispose(),
                ["AddAlert"] = () => registry.AddAlert(counter.Samples.AlertWhen(sample => sample.Value > 1, scheduler: hooks.Scheduler)).Dispose(),
                ["PublishTo"] = () => registry.PublishTo(new MeterOptions("again")).Dispose(),
            },
            Drive = () =>
            {
                var subscriptions = Subscribe(hooks, registry, counter);
                subscriptions.Add(registry.PublishTo(new MeterOptions("hooked")));
                using var rule = registry.AddAlert(counter.Samples.AlertWhen(sample => hooks.In(Callback.Selector, sample.Value > 1), scheduler: hooks.Scheduler));
                hooks.IsArmed = true;
                listener.Start();
                for (var i = 0; i < 4; i++)
                {
                    Record(registry, counter, gauge, histogram, timer, rate);
                    listener.RecordObservableInstruments();
                    hooks.Time.AdvanceBy(Step);
                }

                hooks.Time.AdvanceBy(20 * Step);
                registry.Dispose();
                subscriptions.Dispose();
                listener.Dispose();
            },
        };
    }

    private static void Publish(Hooks hooks, Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name == "hooked")
        {
            hooks.In(Callback.Listener);
            listener.EnableMeasurementEvents(instrument);
        }
    }

    private static void GetOrAdd(MetricRegistry registry, int number)
    {
        registry.GetOrAddCounter($"counter {number}");
        registry.GetOrAddGauge($"gauge {number}");
        registry.GetOrAddHistogram($"histogram {number}");
        registry.GetOrAddTimer($"timer {number}");
        registry.GetOrAddRate($"rate {number}", window: Step);
    }

    private static void Record(MetricRegistry registry, Counter counter, Gauge gauge, Histogram histogram, MetricTimer timer, Rate rate)
    {
        registry.Record("counter", 1);
        counter.Add(3);
        counter.Observe(5);
        gauge.Set(2);
        gauge.Add(1);
        registry.Record("histogram", 2);
        histogram.Record(1);
        using (timer.Measure())
        {
            timer.Record(Step);
        }

        rate.Add();
        rate.Observe(4);
    }

    private static void Read(params Metric[] metrics)
    {
        foreach (var metric in metrics)
        {
            _ = (metric.Value, metric.GetStatistics(), metric.GetSummary(Step), metric.Aggregate(Aggregation.Percentile, Step));
            metric.Reset();
        }
    }

    private static CompositeDisposable Subscribe(Hooks hooks, MetricRegistry registry, Counter counter) =>
    [
        counter.Samples.Subscribe(hooks.Observer<MetricSample>()),
        counter.Summaries(Step).Subscribe(hooks.Observer<WindowSummary>()),
        counter.Samples.Subscribe(static _ => throw new InvalidOperationException("the observer's")),
        registry.Errors.Subscribe(hooks.Observer<Exception>(isSide: true)),
        registry.Alerts.Subscribe(hooks.Observer<AlertTransition>()),
    ];

    private static Bench Meter(Hooks hooks)
    {
        var meter = new Meter("hooked " + Guid.NewGuid());
        var counter = meter.CreateCounter<int>("counter");
        meter.CreateObservableGauge("gauge", () => hooks.In(Callback.Selector, 1));
        var stream = MeterObservable.FromMeter(meter.Name, Step, hooks.Scheduler);
        var own = new SingleAssignmentDisposable();
        return new Bench
        {
            Operations = new Dictionary<string, Action>
            {
                ["Dispose"] = own.Dispose,
                ["Subscribe"] = () => stream.Subscribe(hooks.Observer<MeterMeasurement>()).Dispose(),
                ["Record"] = () => counter.Add(1),
                ["Create"] = () => meter.CreateHistogram<double>("more"),
                ["End"] = meter.Dispose,
            },
            Drive = () =>
            {
                own.Disposable = stream.Subscribe(hooks.Observer<MeterMeasurement>());
                hooks.IsArmed = true;
                for (var i = 0; i < 4; i++)
                {
                    counter.Add(1);
                    hooks.Time.AdvanceBy(Step);
                }

                own.Dispose();
                meter.Dispose();
            },
        };
    }

    private static Bench Recording(Hooks hooks, Callback callback)
    {
        var recorder = hooks.Source(value => value).Record(hooks.Scheduler);
        return new Bench
        {
            Operations = new Dictionary<string, Action>
            {
                ["Dispose"] = recorder.Dispose,
                ["Read"] = () => _ = (recorder.Values, recorder.Notifications, recorder.Completed, recorder.Error, recorder.Missed, recorder.Violations, recorder.ToString()),
                ["AssertGrammar"] = recorder.AssertGrammar,
                ["Wait"] = () => _ = recorder.WaitForCountAsync(100, TimeSpan.FromSeconds(1)),
                ["OnNext"] = () => recorder.OnNext(9),
            },
            Drive = () =>
            {
                hooks.IsArmed = true;
                for (var value = 0; value < 4; value++)
                {
                    hooks.Input.OnNext(value);
                }

                if (callback == Callback.OnError)
                {
                    hooks.Input.OnError(new InvalidOperationException("the source's"));
                }

                hooks.Input.OnCompleted();
                recorder.Dispose();
            },
        };
    }
}
