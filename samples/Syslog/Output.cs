using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ReactiveLink;
using ReactiveLink.Metrics;

namespace Syslog;

/// <summary>Lines on the console, whole ones, from several threads: for people, or each an object of JSON.</summary>
internal sealed class Output(bool asJson = false, TextWriter? to = null)
{
    /// <summary>Changes of the alert that are remembered, the latest.</summary>
    private const int AlertsKept = 100;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private readonly TextWriter _to = to ?? Console.Out;
    private readonly SortedDictionary<Severity, WindowSummary> _rates = [];
    private ImmutableArray<AlertTransition> _alerts = [];
    private DateTimeOffset _told;

    public IReadOnlyList<AlertTransition> Alerts => _alerts;

    public void Listening(UdpEndpoint? at) => Tell($"Listening on {at}", () => new { listening = at?.ToString() });

    /// <summary>As JSON, which also escapes what could steer a terminal.</summary>
    public void Show(SyslogMessage message) => _to.WriteLine(JsonSerializer.Serialize(message, Json));

    /// <summary>One line for all severities of a window, when the first of the next comes; a silent second is not told twice.</summary>
    public void Show(KeyedWindow<Severity> rate)
    {
        if (rate.Window.End != _told)
        {
            Print();
            _told = rate.Window.End;
            _rates.Clear();
        }

        _rates[rate.Key] = rate.Window;
    }

    /// <summary>No window comes any more: the line of the last ones.</summary>
    public void End()
    {
        Print();
        _rates.Clear();
    }

    public void Show(AlertTransition change)
    {
        _alerts = (_alerts.Length < AlertsKept ? _alerts : _alerts.RemoveAt(0)).Add(change);
        Tell(
            string.Create(CultureInfo.InvariantCulture, $"ALERT  {change.Rule}  {change.From} -> {change.To}  {change.Value:F1} errors a second  ({change.Reason})"),
            () => new { alert = change.Rule, change.From, change.To, errorsPerSecond = double.IsFinite(change.Value) ? change.Value : (double?)null, change.Reason });
    }

    public void Show(KeyedWindow<string> refused) =>
        Tell(
            string.Create(CultureInfo.InvariantCulture, $"FAULT  {refused.Key ?? "others"}  {refused.Window.Sum:F0} from {refused.Window.Start:HH:mm:ss.ff}"),
            () => new { fault = refused.Key ?? "others", count = refused.Window.Sum, from = refused.Window.Start });

    private void Tell(string text, Func<object> json) => _to.WriteLine(asJson ? JsonSerializer.Serialize(json(), Json) : text);

    private void Print()
    {
        if (_rates.Count == 0 || _rates.Values.All(window => window.Count == 0))
        {
            return;
        }

        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{_told:HH:mm:ss.ff}");
        foreach (var (severity, window) in _rates)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {severity} {window.Rate:F1}/s");
        }

        _to.WriteLine(text);
    }
}
