using System.Diagnostics.Metrics;
using System.Net;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using ReactiveLink.Metrics;
using ReactiveLink.Metrics.Tests;
using ReactiveLink.Testing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Endurance.Tests.Clock;

/// <summary>
/// Every public operator that has to do with time, by the name of its method and, where it has several ways, a word for each. What comes out is told without
/// the time of day, or by its distance from another.
/// </summary>
internal static class ClockCases
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly AlertOptions NoData = new() { NoDataAfter = Second * 5, KeyIdleExpiry = Second * 15 };

    public static SortedDictionary<string, Func<IObservable<Item>, SteppedScheduler, IObservable<string>>> All { get; } = new(StringComparer.Ordinal)
    {
        // Windows.
        ["TumblingWindow"] = (s, t) => s.TumblingWindow(x => x.Value, Second * 2, scheduler: t).Select(Text),
        ["SlidingWindow"] = (s, t) => s.SlidingWindow(x => x.Value, Second * 10, Second, scheduler: t).Select(Text),
        ["CountWindow"] = (s, t) => s.CountWindow(x => x.Value, 7, 3, scheduler: t).Select(Text),
        ["SessionWindow"] = (s, t) => s.SessionWindow(x => x.Value, Second, scheduler: t).Select(Text),
        ["BufferWindow by time"] = (s, t) => s.BufferWindow(Second * 3, Second, scheduler: t).Select(Text),
        ["BufferWindow by count"] = (s, t) => s.BufferWindow(5, 3, scheduler: t).Select(Text),
        ["BufferWindow by both"] = (s, t) => s.BufferWindow(Second * 3, 4, scheduler: t).Select(Text),
        ["PerKey"] = (s, t) => s.PerKey(x => x.Key, x => x.Value, Second * 5, Second, idleExpiry: Second * 20, scheduler: t).Select(w => $"{w.Key} {Text(w.Window)}"),
        ["EventTimeWindow"] = (s, t) => s.EventTimeWindow(
            x => x.Value, x => x.At - (x.Index % 7 * Second), Second * 5, Second, new EventTimeOptions { Disorder = Second * 4, IdleTimeout = Second * 5 }, scheduler: t).Select(Text),

        // Alerts.
        ["AlertWhen"] = (s, t) => s.AlertWhen(x => x.Value > 4, Second * 2, Second * 3, options: NoData, scheduler: t).Select(Text),
        ["AlertWhenPerKey"] = (s, t) => s.AlertWhenPerKey(x => x.Key, x => x.Value > 4, Second * 2, Second * 3, options: NoData, scheduler: t).Select(Text),
        ["AlertWhen above"] = (s, t) => Alerts(s, t, AlertCondition.Above(5, 3)),
        ["AlertWhen below"] = (s, t) => Alerts(s, t, AlertCondition.Below(-5, -3)),
        ["AlertWhen rising"] = (s, t) => Alerts(s, t, AlertCondition.PredictedCrossing(9, AlertDirection.Rising, Second * 4, Second * 5)),
        ["AlertWhen falling"] = (s, t) => Alerts(s, t, AlertCondition.PredictedCrossing(-9, AlertDirection.Falling, Second * 4, Second * 5)),
        ["AlertWhen changing"] = (s, t) => Alerts(s, t, AlertCondition.RateOfChange(1, Second * 5)),
        ["AlertWhen scored"] = (s, t) => Alerts(s, t, AlertCondition.ZScore(1.5, 0.1, 20, 10)),
        ["AlertWhen out of its band"] = (s, t) => Alerts(s, t, AlertCondition.OutsideBand(1.5, 0.1, warmUp: 5)),
        ["AlertWhenPerKey above"] = (s, t) => AlertsPerKey(s, t, AlertCondition.Above(5, 3)),
        ["AlertWhenPerKey below"] = (s, t) => AlertsPerKey(s, t, AlertCondition.Below(-5, -3)),
        ["AlertWhenPerKey rising"] = (s, t) => AlertsPerKey(s, t, AlertCondition.PredictedCrossing(9, AlertDirection.Rising, Second * 4, Second * 10)),
        ["AlertWhenPerKey falling"] = (s, t) => AlertsPerKey(s, t, AlertCondition.PredictedCrossing(-9, AlertDirection.Falling, Second * 4, Second * 10)),
        ["AlertWhenPerKey changing"] = (s, t) => AlertsPerKey(s, t, AlertCondition.RateOfChange(1, Second * 10)),
        ["AlertWhenPerKey scored"] = (s, t) => AlertsPerKey(s, t, AlertCondition.ZScore(1.5, 0.1, 20, 10)),
        ["AlertWhenPerKey out of its band"] = (s, t) => AlertsPerKey(s, t, AlertCondition.OutsideBand(1.5, 0.1, warmUp: 5)),
        ["WhenAbsent"] = (s, t) => s.WhenAbsent(Second * 3, scheduler: t).Select(Text),
        ["WhenStale"] = (s, t) => s.WhenStale(x => x.Key, Second * 4, NoData, t).Select(Text),

        // Registry and meters.
        ["MetricRegistry"] = Registry,
        ["FromMeter"] = (s, t) => Observed(s, t, (name, scheduler) => MeterObservable.FromMeter(name, Second * 3, scheduler)),
        ["FromInstruments"] = (s, t) => Observed(s, t, (name, scheduler) => MeterObservable.FromInstruments(i => i.Meter.Name == name, Second * 3, scheduler)),

        // Sequences.
        ["TrackSequence"] = (s, t) => s.TrackSequence(x => x.Key, x => x.Sequence, SequenceSpace.UInt16, Idle, t).Select(Text),
        ["TrackSequence of one"] = (s, t) => s.TrackSequence(x => x.Sequence, SequenceSpace.UInt32, Idle, t).Select(Text),
        ["TrackSequence by sent time"] = (s, t) => s.TrackSequence(
            x => x.Key, x => x.Sequence, SequenceSpace.UInt16, x => x.At - ClockBench.Begin, options: Idle, scheduler: t).Select(Text),
        ["TrackSequence by RTP time"] = (s, t) => s.TrackSequence(
            x => x.Key, x => x.Sequence, SequenceSpace.UInt16, x => (uint)((x.At - ClockBench.Begin).Ticks / 1000), 10_000, options: Idle, scheduler: t).Select(Text),
        ["TrackSequence of frames"] = (s, t) => s.Select(Frame).TrackSequence(Idle, t).Select(Text),
        ["Resequence"] = (s, t) => s.TrackSequence(x => x.Key, x => x.Sequence, SequenceSpace.UInt16, Idle, t).Resequence(8, Second * 2, t).Select(Text),

        // Handlers, links, networks.
        ["Handle"] = Handled,
        ["UdpLink"] = LinkCase.Run,
        ["UdpLink with heartbeats, clocks set together"] = PeersCase.Together,
        ["UdpLink with heartbeats, clocks set apart"] = PeersCase.Apart,

        // Harm and replay.
        ["Impair"] = (s, t) => s.Impair(
            new Impairment { Latency = Second, Jitter = Distribution.Uniform(TimeSpan.Zero, Second * 2), Duplication = 0.1, Reordering = 0.1, ReorderingDelay = Second }, 1, t)
            .Select(x => $"{x.Index}"),
        ["Replay"] = (s, t) => s.IgnoreElements().Select(_ => "").Merge(
            Enumerable.Range(0, 200).Replay(i => ClockBench.Begin.AddSeconds(i), new ReplayOptions { Speed = 1 }, t).Select(i => $"{i}")),
        ["Replay of a file"] = (s, t) => s.IgnoreElements().Select(_ => "").Merge(CaptureCase.Replay(t)),
        ["Read"] = (s, t) => s.SelectMany(x => x.Index % 50 == 0 ? CaptureCase.Read(t) : Observable.Empty<string>()),
        ["Record"] = Recorded,
    };

    private static SequenceOptions Idle { get; } = new() { PeerIdleExpiry = Second * 10 };

    private static IObservable<string> Alerts(IObservable<Item> source, SteppedScheduler scheduler, AlertCondition condition) =>
        source.AlertWhen(x => x.Value, condition, Second, Second * 2, NoData, scheduler).Select(Text);

    private static IObservable<string> AlertsPerKey(IObservable<Item> source, SteppedScheduler scheduler, AlertCondition condition) =>
        source.AlertWhenPerKey(x => x.Key, x => x.Value, condition, Second, Second * 2, NoData, scheduler).Select(Text);

    private static string Text(WindowSummary w) =>
        FormattableString.Invariant($"{(w.Start - ClockBench.Begin).Ticks} {(w.End - ClockBench.Begin).Ticks} {w.Count} {w.Sum} {w.Rate} {w.P95}");

    private static string Text(IReadOnlyList<Item> items) => string.Join('+', items.Select(x => x.Index));

    private static string Text(AlertTransition a) => FormattableString.Invariant($"{a.Key} {a.From} {a.To} {a.Reason} {a.Value} {(a.At - a.Since).Ticks}");

    private static string Text<T>(Sequenced<T> s) =>
        FormattableString.Invariant($"{s.Sequence} {s.Verdict} {s.Peer?.Key} {s.Peer?.GetStatistics()} {s.Peer?.Jitter.Ticks}");

    private static Frame Frame(Item item)
    {
        var datagram = new Datagram(
            Wire.Frame((uint)item.Sequence, [1]), new UdpEndpoint(IPAddress.Loopback, 1000 + item.Key), item.At, item.At - ClockBench.Begin);
        Assert.True(FrameFormat.CrcSequenced.TryRead(datagram, out var frame, out _));
        return frame;
    }

    private static IObservable<string> Registry(IObservable<Item> source, SteppedScheduler scheduler) => Observable.Using(
        () => new MetricRegistry(new MetricRegistryOptions { Scheduler = scheduler, Retention = Second * 20, CleanUpInterval = Second * 5 }),
        registry =>
        {
            var gauge = registry.GetOrAddGauge("gauge");
            var counter = registry.GetOrAddCounter("counter");
            var histogram = registry.GetOrAddHistogram("histogram");
            var rate = registry.GetOrAddRate("rate");
            var timer = registry.GetOrAddTimer("timer");
            registry.AddAlert(gauge.Samples.AlertWhen(sample => sample.Value, AlertCondition.Above(5, 3), Second * 2, Second * 3, scheduler: scheduler));
            var polled = source.Select(item =>
            {
                using (timer.Measure())
                {
                    gauge.Set(item.Value);
                    counter.Add(item.Index);
                    histogram.Record(item.Value);
                    rate.Add(item.Index);
                }

                return string.Join(' ', new Metric[] { gauge, counter, histogram, rate, timer }.Select(m =>
                    $"{m.Name} {Text(m.GetSummary())} {m.Value} {m.Aggregate(Aggregation.Average, Second * 5)} {m.GetStatistics().Count}"));
            });
            return polled.Merge(gauge.Summaries(Second * 2, Second * 10).Select(Text).TakeUntil(source.LastOrDefaultAsync())).Merge(registry.Alerts.Select(Text).TakeUntil(source.LastOrDefaultAsync()));
        });

    private static IObservable<string> Observed(IObservable<Item> source, SteppedScheduler scheduler, Func<string, SteppedScheduler, IObservable<MeterMeasurement>> observe) =>
        Observable.Using(
            () => new Meter("clock " + Guid.NewGuid()),
            meter =>
            {
                var last = 0;
                meter.CreateObservableGauge("gauge", () => last);
                var counter = meter.CreateCounter<int>("counter");
                return observe(meter.Name, scheduler).Select(m => $"{m.Instrument.Name} {m.Value} {m.Missed}").TakeUntil(source.LastOrDefaultAsync()).Merge(source.Select(item =>
                {
                    last = item.Index;
                    counter.Add(1);
                    return "";
                }));
            });

    /// <summary>Every tenth item's handler hangs until its time is up.</summary>
    private static IObservable<string> Handled(IObservable<Item> source, SteppedScheduler scheduler) => Observable.Create<string>(observer =>
    {
        var faults = new Subject<Fault>();
        faults.Subscribe(f => observer.OnNext($"{f.Reason} {f.Detail}"));
        var never = new TaskCompletionSource();
        var handling = source.Do(_ => { }, observer.OnCompleted).Handle(
            (item, _) =>
            {
                observer.OnNext($"{item.Index}");
                return item.Index % 10 == 0 ? new ValueTask(never.Task) : default;
            },
            new HandlerOptions<Item> { Timeout = Second * 3, Concurrency = 1000 },
            faults,
            scheduler);
        return new CompositeDisposable(handling, faults);
    });

    private static IObservable<string> Recorded(IObservable<Item> source, SteppedScheduler scheduler) => Observable.Defer(() =>
    {
        var recorder = source.Record(scheduler);
        return source.Select(_ => $"{recorder.Values.Count} {recorder.Violations.Count}");
    });
}
