// Three vehicles send their attitude over real loopback UDP. The receiver keeps a sliding window over each of them, and an alert over the windows:
// one vehicle leans too far and recovers, and one falls silent, which is neither an alarm nor a recovery.
using System.Collections.Concurrent;
using System.Globalization;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using ReactiveLink;
using ReactiveLink.Metrics;
using WindowedMetrics;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var history = new ConcurrentQueue<AlertTransition>();
await using var link = UdpLink.Open("127.0.0.1:0");
var readings = link.Messages.OfMessageType(MessageType.Data).DataAs<Attitude>().Select(message => new Reading(message.Source, message.Data.Roll));
using var alerts = Flow.Alerts(readings, DefaultScheduler.Instance, Show).Subscribe(change =>
{
    history.Enqueue(change);
    Console.WriteLine($"ALERT  {change.Rule}  {change.Key}  {change.From} -> {change.To}  p95 {change.Value:F1}  ({change.Reason})");
});

Console.WriteLine($"A fleet sends to {link.LocalEndpoint}.");
await Fleet.RunAsync(link.LocalEndpoint);
alerts.Dispose();

// A machine that was held up for a second has silences of its own besides; the tests have this flow in virtual time, where there is nothing else.
var agree = Happened("rover-2", AlertState.Pending, AlertState.Firing, AlertState.Resolved) && Happened("rover-3", AlertState.NoData, AlertState.Inactive);
Console.WriteLine(agree
    ? "The alert fired and was resolved, and the silence was told as one."
    : $"WRONG  saw {string.Join(", ", history.Select(change => $"{change.Key} {change.To}"))}");
return agree ? 0 : 1;

bool Happened(string vehicle, params ReadOnlySpan<AlertState> states)
{
    foreach (var change in history)
    {
        if (!states.IsEmpty && Equals(change.Key, vehicle) && change.To == states[0])
        {
            states = states[1..];
        }
    }

    return states.IsEmpty;
}

static void Show(KeyedWindow<string> vehicle)
{
    // Every fourth window is enough to read along.
    var window = vehicle.Window;
    if (window.End.Millisecond == 0)
    {
        Console.WriteLine(
            $"{window.End:HH:mm:ss}  {vehicle.Key}  {window.Count,3} readings  mean {window.Mean,6:F1}  p95 {window.P95,6:F1}  max {window.Max,6:F1}");
    }
}
