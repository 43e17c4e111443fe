using System.Globalization;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using ReactiveLink.Metrics;

namespace ControlLoop;

/// <summary>The loop as it runs: a line a second from windows over its streams, and a line when the alert on missed deadlines changes.</summary>
internal static class LoopView
{
    /// <summary>The alert fires above this share of late steps in a second, and clears below the other.</summary>
    private const double FireAbove = 0.05;

    private const double ClearBelow = 0.01;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static IDisposable Show(Plant plant, IScheduler scheduler, Action<string> print)
    {
        var options = new WindowOptions { AlignToSubscription = true };
        var angles = plant.Steps.TumblingWindow(step => step.State.Degrees, Second, options, scheduler);
        var latencies = plant.Latencies.TumblingWindow(latency => latency, Second, options, scheduler);
        var misses = plant.Steps.TumblingWindow(Missed, Second, options, scheduler);
        var lines = Observable.Zip(angles, latencies, misses, (angle, latency, missed) => (Angle: angle, Latency: latency, Missed: missed))
            .Where(second => second.Angle.Count > 1)
            .Select((second, number) => Line(number, second.Angle, second.Latency, second.Missed));
        var alerts = Deadlines(plant.Steps, scheduler).Where(change => change.To != AlertState.Pending).Select(Change);

        // One after the other, whatever thread a window or an alert is told on.
        return lines.Merge(alerts).Subscribe(print);

        string Line(int number, in WindowSummary angle, in WindowSummary latency, in WindowSummary missed) => string.Create(
            CultureInfo.InvariantCulture,
            $"{TimeSpan.FromSeconds(number):mm\\:ss}  angle {angle.Min,7:+0.00;-0.00;0.00} to {angle.Max,7:+0.00;-0.00;0.00} deg   loop p50 {Milliseconds(latency.P50)}  p95 {Milliseconds(latency.P95)}  p99 {Milliseconds(latency.P99)} ms   misses {missed.Sum,3:F0} of {missed.Count}");

        string Change(AlertTransition change) => string.Create(
            CultureInfo.InvariantCulture,
            $"ALERT  {change.Rule}  {change.From} -> {change.To} at {(change.At - plant.StartedAt).TotalSeconds:F1} s, {change.Value:P0} of the last second's steps late");
    }

    /// <summary>The alert alone: over the share of late steps in the last second, looked at ten times a second.</summary>
    public static IObservable<AlertTransition> Deadlines(IObservable<LoopStep> steps, IScheduler scheduler) => steps
        .SlidingWindow(Missed, Second, Second / 10, new WindowOptions { AlignToSubscription = true, Percentiles = PercentileMode.None }, scheduler)
        .Where(window => window.Count > 0)
        .AlertWhen(window => window.Mean, AlertCondition.Above(FireAbove, ClearBelow), options: new AlertOptions { Rule = "deadline" }, scheduler: scheduler);

    private static double Missed(LoopStep step) => step.Lateness == Lateness.None ? 0 : 1;

    private static string Milliseconds(double value) => double.IsNaN(value) ? "    -" : value.ToString("F1", CultureInfo.InvariantCulture).PadLeft(5);
}
