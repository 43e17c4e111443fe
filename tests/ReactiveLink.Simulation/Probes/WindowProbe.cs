using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using ReactiveLink.Metrics;
using ReactiveLink.Simulation.Reference;
using ReactiveLink.Simulation.Scenarios;
using ReactiveLink.Testing;

namespace ReactiveLink.Simulation.Probes;

/// <summary>A window operator: all that went in, all that came out, compared at the end with windows made of the values themselves.</summary>
internal sealed class WindowProbe
{
    private const double Accuracy = 0.0101;

    private readonly Journal _journal;
    private readonly string _name;
    private readonly WindowPlan _plan;
    private readonly IScheduler _scheduler;
    private readonly IStopwatch _clock;
    private readonly long _subscribed;
    private readonly List<TimedValue> _items = [];
    private readonly List<KeyedWindow<UdpEndpoint>> _windows = [];
    private readonly Subject<Content> _input = new();
    private readonly Subject<(object Key, double Value)> _means = new();
    private int _late;

    public WindowProbe(Journal journal, string name, IObservable<Content> source, WindowPlan plan, IScheduler scheduler)
    {
        _journal = journal;
        _name = name;
        _plan = plan;
        _scheduler = scheduler;
        _subscribed = scheduler.Now.UtcTicks;
        _clock = scheduler.StartStopwatch();
        journal.Watch(Over(_input), name, Told);
        journal.Watch(source, name + " input", Pass, Complete);
    }

    /// <summary>The mean of each window, by its key.</summary>
    public IObservable<(object Key, double Value)> Means => _means;

    private long Now => _subscribed + _clock.Elapsed.Ticks;

    private IObservable<KeyedWindow<UdpEndpoint>> Over(IObservable<Content> source)
    {
        var options = new WindowOptions { EmitEmpty = _plan.EmitEmpty, AlignToSubscription = _plan.AlignToSubscription };
        return _plan.Kind switch
        {
            WindowKind.Tumbling => Unkeyed(source.TumblingWindow(content => content.Value, _plan.Every, options, _scheduler)),
            WindowKind.Sliding => Unkeyed(source.SlidingWindow(content => content.Value, _plan.Length, _plan.Every, options, _scheduler)),
            WindowKind.Session => Unkeyed(source.SessionWindow(content => content.Value, _plan.Length, options, _scheduler)),
            WindowKind.EventTime => Unkeyed(source.EventTimeWindow(
                content => content.Value,
                content => DateTimeOffset.UnixEpoch + content.At,
                _plan.Length,
                _plan.Every,
                new EventTimeOptions { Disorder = _plan.Disorder, AllowedLateness = _plan.Lateness, MaximumAhead = null, IdleTimeout = null },
                Observer.Create<Content>(_ => _late++),
                options with { EmitEmpty = false, AlignToSubscription = false },
                _scheduler)),
            WindowKind.Count => Unkeyed(source.CountWindow(content => content.Value, _plan.Size, _plan.Step, options, _scheduler)),
            _ => source.PerKey(
                content => content.Peer, content => content.Value, _plan.Length, _plan.Every, _plan.MaximumKeys, _plan.IdleExpiry, options, scheduler: _scheduler),
        };
    }

    /// <summary>Checked before Rx's own operator, which would hide what comes after the end.</summary>
    private IObservable<KeyedWindow<UdpEndpoint>> Unkeyed(IObservable<WindowSummary> windows) => windows
        .ValidateSynchronization(violation => _journal.Violate("grammar", _name, violation.Message))
        .Select(window => new KeyedWindow<UdpEndpoint>(null, window));

    private void Pass(Content content)
    {
        var time = _plan.Kind == WindowKind.EventTime ? DateTimeOffset.UnixEpoch.UtcTicks + content.At.Ticks : Now;
        _items.Add(new TimedValue(time, content.Peer, content.Value));
        _input.OnNext(content);
    }

    private void Told(KeyedWindow<UdpEndpoint> keyed)
    {
        var window = keyed.Window;
        _journal.Counts.Windows++;
        _journal.Digest.Add(window.End.UtcTicks);
        _journal.Digest.Add(window.Count);
        _journal.Digest.Add(window.Sum);
        _journal.Digest.Add(window.P95);
        _journal.Digest.Add(window.Revision);
        _journal.Counts.Revisions += window.IsRevision ? 1 : 0;
        if (!window.IsPartial && _plan.Kind != WindowKind.EventTime && window.End.UtcTicks > Now)
        {
            _journal.Violate("window", _name, $"the window until {window.End:O} was told before its end");
        }

        _windows.Add(keyed);
        _means.OnNext((keyed.Key ?? (object)this, window.Mean));
    }

    private void Complete()
    {
        var ended = Now;
        _input.OnCompleted();
        _means.OnCompleted();
        var expected = InOrder(Expected(ended), window => window.End, window => window.Key);
        var actual = InOrder(_windows, window => window.Window.End.UtcTicks, window => window.Key);
        _journal.Expect("window", _name, "the number of windows", expected.Count, actual.Count);
        foreach (var (window, told) in expected.Zip(actual))
        {
            if (Difference(window, told) is { } difference)
            {
                _journal.Violate("window", _name, $"{_plan.Kind} until {new DateTime(window.End):HH:mm:ss.fffffff} {window.Key}: {difference}");
            }
        }
    }

    private List<ReferenceWindow> Expected(long ended)
    {
        if (_plan.Kind != WindowKind.EventTime)
        {
            return new ReferenceWindows(_plan, _items, _subscribed, ended).All();
        }

        var reference = new ReferenceEventTimeWindows(_plan);
        _items.ForEach(reference.Take);
        _journal.Expect("window", _name, "the values that are too late", reference.Late, _late);
        _journal.Counts.TooLate += _late;
        return reference.All();
    }

    /// <summary>Keyed windows of one end come in any order.</summary>
    private List<T> InOrder<T>(List<T> windows, Func<T, long> end, Func<T, UdpEndpoint?> key) =>
        _plan.Kind == WindowKind.PerKey ? [.. windows.OrderBy(end).ThenBy(window => key(window)?.ToString() ?? "", StringComparer.Ordinal)] : windows;

    private string? Difference(ReferenceWindow expected, KeyedWindow<UdpEndpoint> keyed)
    {
        var actual = keyed.Window;
        var values = expected.Values.FindAll(double.IsFinite);
        return Differ("key", (expected.Key, expected.IsOverflow), (keyed.Key, keyed.IsOverflow))
            ?? Differ("bounds", (expected.Start, expected.End, expected.IsPartial), (actual.Start.UtcTicks, actual.End.UtcTicks, actual.IsPartial))
            ?? Differ("revision", expected.Revision, actual.Revision)
            ?? Differ("count and refused", (values.Count, expected.Values.Count - values.Count), ((int)actual.Count, (int)actual.Refused))
            ?? Differ("first", values.Count > 0 ? values[0] : double.NaN, actual.First)
            ?? Differ("last", values.Count > 0 ? values[^1] : double.NaN, actual.Last)
            ?? (values.Count == 0 ? Differ("figures of nothing", (0.0, double.NaN, double.NaN), (actual.Sum, actual.Mean, actual.P99)) : Difference(values, actual));
    }

    private static string? Difference(List<double> values, in WindowSummary actual)
    {
        var size = values.Max(Math.Abs);
        var sum = values.Sum();
        var mean = sum / values.Count;
        var deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / values.Count);
        values.Sort();
        return Differ("minimum", values[0], actual.Min)
            ?? Differ("maximum", values[^1], actual.Max)
            ?? Far("sum", sum, actual.Sum, 1e-9 * size * values.Count)
            ?? Far("mean", mean, actual.Mean, 1e-9 * size)
            ?? Far("deviation", deviation, actual.StandardDeviation, 1e-6 * size)
            ?? Quantile(0.50, actual.P50)
            ?? Quantile(0.90, actual.P90)
            ?? Quantile(0.95, actual.P95)
            ?? Quantile(0.99, actual.P99);

        string? Quantile(double q, double told)
        {
            var exact = values[(int)Math.Ceiling(Math.Round(q * values.Count, 9)) - 1];
            return Far($"quantile {q}", exact, told, Accuracy * Math.Abs(exact));
        }
    }

    private static string? Differ<T>(string what, T expected, T actual) =>
        EqualityComparer<T>.Default.Equals(expected, actual) ? null : FormattableString.Invariant($"{what} {actual}, should be {expected}");

    private static string? Far(string what, double expected, double actual, double tolerance) =>
        Math.Abs(expected - actual) <= tolerance ? null : FormattableString.Invariant($"{what} {actual}, should be {expected}");
}
