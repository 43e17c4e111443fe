using System.Net;
using System.Reactive.Linq;
using ReactiveLink.Metrics;
using ReactiveLink.Testing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Reentrancy.Tests;

/// <summary>Every operator of every package.</summary>
internal static class OperatorRows
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly (string Name, Func<AlertCondition> Make)[] Conditions =
    [
        ("above", static () => AlertCondition.Above(3, 2)),
        ("below", static () => AlertCondition.Below(3, 4)),
        ("outside a band", static () => AlertCondition.OutsideBand(0.1, 0.1, 0.1, 2)),
        ("predicted", static () => AlertCondition.PredictedCrossing(20, AlertDirection.Rising, 30 * Second, 5 * Second)),
        ("rate of change", static () => AlertCondition.RateOfChange(0.5, 3 * Second)),
        ("z-score", static () => AlertCondition.ZScore(0.1, 0.1, 10, 2)),
    ];

    public static IEnumerable<(string Name, Func<Hooks, Callback, Bench> Make)> All() => [.. Core(), .. Windows(), .. Alerts(), .. Testing()];

    private static IEnumerable<(string Name, Func<Hooks, Callback, Bench> Make)> Core()
    {
        yield return Plain("Parse", hooks => hooks.Source(Datagram).Parse(
            (ReadOnlySpan<byte> payload, out int value) => hooks.In(Callback.Selector, (value = payload.Length) % 2 == 0), hooks.Observer<Fault>(isSide: true)));
        yield return Plain("ReadFrames", hooks => hooks.Source(Datagram).ReadFrames(FrameFormat.CrcSequenced, hooks.Observer<Fault>(isSide: true)));
        yield return Plain("TrackSequence frames", hooks =>
            hooks.Source(Datagram).ReadFrames(FrameFormat.CrcSequenced).TrackSequence(Sequencing, hooks.Scheduler, hooks.Observer<Fault>(isSide: true)));
        yield return Plain("TrackSequence", hooks => hooks.Source(value => value).TrackSequence(
            value => hooks.In(Callback.Selector, value % 3), value => (ulong)value, SequenceSpace.UInt16, Sequencing, hooks.Scheduler, hooks.Observer<Fault>(isSide: true)));
        yield return Plain("TrackSequence with times", hooks => hooks.Source(value => value).TrackSequence(
            value => value % 3, value => (ulong)value, SequenceSpace.UInt16, sentAt: value => hooks.In(Callback.Selector, TimeSpan.FromSeconds(value)), scheduler: hooks.Scheduler));
        yield return Serializing("Resequence", hooks => hooks.Source(value => value)
            .TrackSequence(value => (ulong)(value % 2 == 0 ? value : value * 2), SequenceSpace.UInt16, scheduler: hooks.Scheduler)
            .Resequence(depth: 4, patience: Second, hooks.Scheduler, hooks.Observer<Fault>(isSide: true)));
        yield return Plain("OfMessageType", hooks => hooks.Source(Message).OfMessageType(MessageType.Data));
        yield return Plain("DataAs", hooks => hooks.Source(Message).DataAs<int>(faults: hooks.Observer<Fault>(isSide: true)));
        yield return Plain("Handle", hooks => Observable.Create<int>(observer => hooks.Source(value => value).Handle(
            value =>
            {
                hooks.In(Callback.Handler);
                if (value % 4 == 0)
                {
                    throw new InvalidOperationException("the handler's");
                }

                observer.OnNext(value);
            },
            new HandlerOptions<int> { Concurrency = 1, Capacity = 2 },
            hooks.Observer<Fault>(isSide: true),
            hooks.Scheduler)));
    }

    private static IEnumerable<(string Name, Func<Hooks, Callback, Bench> Make)> Windows()
    {
        yield return Serializing("TumblingWindow", hooks => Values(hooks).TumblingWindow(Selector(hooks), 2 * Second, Dropping(hooks), hooks.Scheduler));
        yield return Serializing("SlidingWindow", hooks => Values(hooks).SlidingWindow(Selector(hooks), 2 * Second, Second, Dropping(hooks), hooks.Scheduler));
        yield return Serializing("SlidingWindow with aggregator", hooks => Values(hooks).SlidingWindow(new Summing(hooks), 2 * Second, Second, Dropping(hooks), hooks.Scheduler));
        yield return Serializing("CountWindow", hooks => Values(hooks).CountWindow(Selector(hooks), 3, 1, Dropping(hooks), hooks.Scheduler));
        yield return Serializing("SessionWindow", hooks => Values(hooks).SessionWindow(Selector(hooks), 5 * Second, Dropping(hooks), hooks.Scheduler));
        yield return Serializing("EventTimeWindow", hooks => Values(hooks).EventTimeWindow(
            Selector(hooks), value => Start + TimeSpan.FromSeconds(value % 3 == 0 ? 0 : value), Second, Second, EventTimeOptions.Default, hooks.Observer<int>(isSide: true), Dropping(hooks), hooks.Scheduler));
        yield return Serializing("BufferWindow by time", hooks => Values(hooks).BufferWindow(2 * Second, Second, Dropping(hooks), hooks.Scheduler));
        yield return Serializing("BufferWindow by count", hooks => Values(hooks).BufferWindow(3, 1, Dropping(hooks), hooks.Scheduler));
        yield return Serializing("BufferWindow by both", hooks => Values(hooks).BufferWindow(2 * Second, 2, Dropping(hooks), hooks.Scheduler));
        yield return Serializing("PerKey", hooks => Values(hooks).PerKey(
            value => hooks.In(Callback.Selector, value % 4), value => value, 2 * Second, Second, maxKeys: 2, idleExpiry: 4 * Second, Dropping(hooks), scheduler: hooks.Scheduler));
    }

    private static IEnumerable<(string Name, Func<Hooks, Callback, Bench> Make)> Alerts()
    {
        yield return Serializing("AlertWhen", hooks => Values(hooks).AlertWhen(value => hooks.In(Callback.Selector, value > 3), Second, Second, options: Refusing(hooks), scheduler: hooks.Scheduler));
        yield return Serializing("AlertWhenPerKey", hooks => Values(hooks).AlertWhenPerKey(Key(hooks), value => value > 3, Second, options: Refusing(hooks), scheduler: hooks.Scheduler));
        foreach (var (name, condition) in Conditions)
        {
            yield return Serializing($"AlertWhen {name}", hooks =>
                Values(hooks).AlertWhen(Selector(hooks), condition(), Second, Second, Refusing(hooks), hooks.Scheduler));
            yield return Serializing($"AlertWhenPerKey {name}", hooks =>
                Values(hooks).AlertWhenPerKey(Key(hooks), static value => value, condition(), options: Refusing(hooks), scheduler: hooks.Scheduler));
        }

        yield return Serializing("WhenAbsent", hooks => Values(hooks).WhenAbsent(3 * Second, Refusing(hooks), hooks.Scheduler));
        yield return Serializing("WhenStale", hooks => Values(hooks).WhenStale(Key(hooks), 3 * Second, Refusing(hooks), hooks.Scheduler));
    }

    private static IEnumerable<(string Name, Func<Hooks, Callback, Bench> Make)> Testing()
    {
        yield return Serializing("Impair", hooks => Values(hooks).Impair(
            new Impairment { Latency = Second, Duplication = 0.3, Corruption = 0.5, Loss = LossModel.EveryNth(4) },
            seed: 1,
            hooks.Scheduler,
            (value, _) => hooks.In(Callback.Selector, value),
            hooks.Observer<ImpairmentEvent<int>>(isSide: true)));
        yield return Plain("Replay", hooks => Enumerable.Range(1, 8).Replay(value => hooks.In(Callback.Selector, Start + TimeSpan.FromSeconds(value)), scheduler: hooks.Scheduler)
            .TakeUntil(hooks.Source(value => value).LastOrDefaultAsync().Delay(10 * Second, hooks.Time)));
        yield return Plain("WriteCapture", hooks => hooks.Source(Datagram).WriteCapture(
            new HookedStream(hooks), new UdpEndpoint(IPAddress.Loopback, 9000), faults: hooks.Observer<Fault>(isSide: true)));
        yield return Plain("ValidateSynchronization", hooks => Values(hooks).ValidateSynchronization(_ => hooks.In(Callback.SideStream)));
    }

    private static (string Name, Func<Hooks, Callback, Bench> Make) Plain<T>(string name, Func<Hooks, IObservable<T>> make) =>
        (name, (hooks, callback) => OperatorBench.Of(hooks, make, callback, isSerializing: false));

    private static (string Name, Func<Hooks, Callback, Bench> Make) Serializing<T>(string name, Func<Hooks, IObservable<T>> make) =>
        (name, (hooks, callback) => OperatorBench.Of(hooks, make, callback, isSerializing: true));

    private static SequenceOptions Sequencing => new() { MaximumPeers = 2, Probation = 1 };

    private static IObservable<int> Values(Hooks hooks) => hooks.Source(value => value);

    private static Func<int, double> Selector(Hooks hooks) => value => hooks.In(Callback.Selector, value == 4 ? double.NaN : value);

    private static Func<int, int> Key(Hooks hooks) => value => hooks.In(Callback.Selector, value % 3);

    private static WindowOptions Dropping(Hooks hooks) => new() { Drops = hooks.Observer<WindowDrop>(isSide: true) };

    private static AlertOptions Refusing(Hooks hooks) =>
        new() { Refusals = hooks.Observer<AlertRefusal>(isSide: true), MaximumKeys = 2, KeyIdleExpiry = TimeSpan.FromSeconds(30), NoDataAfter = TimeSpan.FromSeconds(4) };

    private static Datagram Datagram(int value)
    {
        var wire = Wire.Message((uint)value, value % 5 == 0 ? "\"text\"" : "1");
        return new Datagram(value % 4 == 0 ? Wire.Corrupt(wire) : wire, new UdpEndpoint(IPAddress.Loopback, 40_000 + (value % 3)), Start, TimeSpan.FromSeconds(value));
    }

    private static Message Message(int value)
    {
        var payload = System.Text.Encoding.UTF8.GetBytes(Wire.Envelope(value % 3 == 0 ? "\"text\"" : "1", value % 5 == 0 ? "command" : "data", "plant"));
        var frame = new Frame(new Datagram(payload, Wire.Remote, Start, TimeSpan.Zero), payload, (uint)value);
        Assert.True(MessageCodecs.Json.TryDecode(new Sequenced<Frame>(frame, (ulong)value, Verdict.InOrder, null), out var message, out var error), error);
        return message;
    }

    private sealed class Summing(Hooks hooks) : IWindowAggregator<int, int, int>
    {
        public int Create() => 0;

        public int Add(int accumulator, int value) => hooks.In(Callback.Selector, accumulator + value);

        public int Merge(int older, int newer) => older + newer;

        public int Result(int accumulator) => accumulator;
    }
}
