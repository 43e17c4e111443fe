using System.Globalization;
using ReactiveLink;

namespace ControlLoop;

/// <summary>What a run came to, for people.</summary>
internal static class Report
{
    public static string Head(LoopSettings settings) => string.Create(
        CultureInfo.InvariantCulture,
        $"An inverted pendulum over two links at {Plant.Rate} Hz, {(settings.Real ? "on loopback sockets" : "in virtual time")}: loss {Loss(settings)}{(settings.Burst > 1 ? $" in bursts of {settings.Burst}" : "")}, latency {settings.Latency.TotalMilliseconds} ms + {settings.Jitter.TotalMilliseconds} ms jitter each way, deadline {settings.Deadline.TotalMilliseconds} ms, seed {settings.Seed}.");

    private static string Loss(LoopSettings settings) => settings.LossUp.Equals(settings.LossDown)
        ? Format($"{settings.LossUp:P1}")
        : Format($"{settings.LossUp:P1} up and {settings.LossDown:P1} down");

    public static IEnumerable<string> Lines(LoopResult result, int width, bool colors)
    {
        foreach (var line in AngleChart.Lines(result.Steps, width, colors))
        {
            yield return line;
        }

        var counts = result.Counts;
        yield return "";
        yield return Format($"telemetry   {Sequence(result.MeasurementsSent, result.Telemetry)}");
        yield return Format($"commands    {Sequence(result.CommandsSent, result.Commands)}; applied {counts.Applied}, overtaken {counts.Overtaken}, too old {counts.TooOld}; at most {counts.LongestBurst} missing in a row");
        yield return Format($"loop        {Latencies(result)}");
        yield return Format($"deadline    missed at {counts.Missed} of {counts.Steps} steps ({(double)counts.Missed / counts.Steps:P2})");
        yield return result.Fall is { } fall
            ? Paint($"FELL  {fall.Text}", 31, colors)
            : Paint(Format($"UPRIGHT  for {result.Steps[^1].At:F1} s, never more than {result.Steps.Max(step => Math.Abs(step.State.Degrees)):F1} degrees off."), 32, colors);
    }

    private static string Sequence(long sent, SequenceStatistics counts) => Format(
        $"{sent} sent, {counts.Received} received, {counts.Lost} lost ({(counts.Expected == 0 ? 0 : (double)counts.Lost / counts.Expected):P1}), {counts.Late} late");

    private static string Latencies(LoopResult result) => result.Latencies.Count == 0 ? "no command arrived" : Format(
        $"p50 {result.Latencies.Quantile(0.5):F1} ms, p95 {result.Latencies.Quantile(0.95):F1} ms, p99 {result.Latencies.Quantile(0.99):F1} ms, at most {result.Latencies.Max:F1} ms");

    private static string Paint(string text, int color, bool colors) => colors ? $"\e[{color}m{text}\e[0m" : text;

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
