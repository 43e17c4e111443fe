using ReactiveLink;
using ReactiveLink.Metrics;

namespace StatsdGateway;

/// <summary>What the gateway says of itself. Registered before the first line comes, so the exposition has every figure from the start, and no client takes its place.</summary>
internal sealed class Figures : IObserver<Fault>, IObserver<WindowDrop>
{
    private static readonly string[] Kinds = ["counter", "gauge", "timer", "histogram", "set", "event", "service-check"];
    private static readonly string[] Statuses = ["ok", "warning", "critical", "unknown"];

    private readonly MetricRegistry _registry;
    private readonly Dictionary<string, Counter> _refused;
    private readonly Counter[] _faults;
    private readonly Counter[] _lines;
    private readonly Counter[] _events;
    private readonly Counter[] _checks;
    private readonly Counter _beyondWindow;

    public Figures(MetricRegistry registry)
    {
        _registry = registry;
        Datagrams = registry.GetOrAddCounter(Names.Own + "datagrams", description: "Datagrams received.");
        Series = registry.GetOrAddGauge(Names.Own + "series", description: "Series of clients now.");
        Series.Set(0);
        _lines = [.. Kinds.Select(kind => Make("lines", "Lines taken.", ("kind", kind)))];
        _events = [.. StatsdParser.EventTypes.Select(type => Make("events", "Events by alert type.", ("alert_type", type)))];
        _checks = [.. Statuses.Select(status => Make("service_checks", "Service checks by status.", ("status", status)))];
        _refused = LineErrors.All.ToDictionary(
            error => error, error => Make("faults", "What was refused or lost.", ("reason", FaultReason.ParseFailed.ToName()), ("detail", error)), StringComparer.Ordinal);
        _faults = [.. FaultReasons.All.Select(reason => Make("faults", "What was refused or lost.", ("reason", reason.ToName()), ("detail", "")))];
        (BeyondSeries, BeyondName, BeyondMembers, _beyondWindow) = (Overflow("series"), Overflow("series-per-name"), Overflow("set-members"), Overflow("window"));

        Counter Overflow(string limit) => Make("overflow", "What came beyond a limit.", ("limit", limit));
    }

    public Counter Datagrams { get; }

    public Gauge Series { get; }

    public Counter BeyondSeries { get; }

    public Counter BeyondName { get; }

    public Counter BeyondMembers { get; }

    public void OnNext(Fault value) => (value.Detail is { } detail && _refused.TryGetValue(detail, out var counter) ? counter : _faults[(int)value.Reason]).Add(value.Count);

    public void OnNext(WindowDrop value) => _beyondWindow.Add(value.Count);

    public void OnError(Exception error)
    {
    }

    public void OnCompleted()
    {
    }

    public void Count(in StatsdLine line)
    {
        _lines[(int)line.Kind].Add();
        switch (line.Kind)
        {
            case LineKind.Event:
                _events[StatsdParser.IndexOf(StatsdParser.EventTypes, line.Values.Span)].Add();
                break;
            case LineKind.ServiceCheck:
                _checks[line.Values.Span[0] - '0'].Add();
                break;
        }
    }

    private Counter Make(string name, string description, params ReadOnlySpan<(string, string)> tags) =>
        _registry.GetOrAddCounter(Names.Own + name, MetricTags.Of(tags), description);
}
