using System.Collections.Immutable;
using System.Globalization;

namespace ControlLoop;

/// <summary>Why the pole fell, from what was measured in its last second: a pole of half a metre needs about half of that from a degree to the ground.</summary>
/// <param name="Cause">What most of the steps without a command in time had in common; <see cref="Lateness.None"/> if there were next to none.</param>
/// <param name="Text">A sentence with the figures.</param>
internal sealed record Diagnosis(Lateness Cause, string Text)
{
    private const double LookBack = 1;

    /// <summary>Below this share of late steps the network is not to blame.</summary>
    private const double Innocent = 0.05;

    public static Diagnosis? Of(ImmutableArray<LoopStep> steps, PlantCounts counts, double latencyP50, double deadline)
    {
        if (steps.IsEmpty || !CartPole.HasFallen(steps[^1].State))
        {
            return null;
        }

        var end = steps[^1];
        var last = steps.Where(step => step.At > end.At - LookBack).ToList();
        var late = last.Where(step => step.Lateness != Lateness.None).ToList();
        var longest = steps.Zip(steps.Skip(1), (first, second) => second.At - first.At).DefaultIfEmpty(end.At).TakeLast(last.Count).Max();
        var cause = longest > deadline * 2 ? Lateness.Stalled
            : late.Count < Innocent * last.Count ? Lateness.None : late.CountBy(step => step.Lateness).MaxBy(pair => pair.Value).Key;
        var oldest = counts.Applied == 0 ? "and not one was ever applied"
            : string.Create(CultureInfo.InvariantCulture, $"and the one in force grew {last.Max(step => step.Age) * 1000:F0} ms old");
        var share = string.Create(CultureInfo.InvariantCulture, $"{late.Count} of the last {last.Count} steps had no command younger than {deadline * 1000:F0} ms");
        var where = Math.Abs(end.State.Position) > CartPole.TrackEnd ? "the cart at the end of its track" : string.Create(CultureInfo.InvariantCulture, $"the pole at {end.State.Degrees:F0} degrees");
        return new Diagnosis(cause, string.Create(CultureInfo.InvariantCulture, $"at {end.At:F2} s, {where}: ") + cause switch
        {
            Lateness.Stalled => string.Create(CultureInfo.InvariantCulture,
                $"the plant itself stood still for {longest * 1000:F0} ms: the machine was busy with something else. {share}."),
            Lateness.TooOld => string.Create(CultureInfo.InvariantCulture,
                $"the loop was slower than its deadline. {share}: commands came, {latencyP50:F1} ms after their measurement at the median, and {counts.TooOld} were too old to apply."),
            Lateness.OnItsWay => string.Create(CultureInfo.InvariantCulture,
                $"the links were slower than the deadline. {share}: {counts.Up.OnItsWay} of {counts.Up.Sent} measurements and {counts.Down.OnItsWay} of {counts.Down.Sent} commands were still on their way, {oldest}."),
            Lateness.NoTelemetry => string.Create(CultureInfo.InvariantCulture,
                $"the telemetry was lost. {share}: the controller heard nothing, sent no commands, {oldest}."),
            Lateness.NoCommands => string.Create(CultureInfo.InvariantCulture,
                $"the commands were lost. {share}: the controller answered, up to {counts.LongestBurst} commands in a row did not arrive, {oldest}."),
            _ => string.Create(CultureInfo.InvariantCulture,
                $"the commands came in time, and still did not hold it. {share}; the loop took {latencyP50:F1} ms at the median."),
        });
    }
}
