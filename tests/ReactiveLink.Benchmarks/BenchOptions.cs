using System.CommandLine;
using System.CommandLine.Parsing;

namespace ReactiveLink.Benchmarks;

/// <summary>What every benchmark of alternating rounds is asked for.</summary>
/// <param name="Json">One JSON object a line on stdout.</param>
/// <param name="Rounds">Turns of every contestant.</param>
/// <param name="WarmUp">Before the window of measurement.</param>
/// <param name="Window">The window of measurement.</param>
/// <param name="Quick">As many rounds, and as long ones, as let all benchmarks together end within two minutes.</param>
internal sealed record BenchOptions(bool Json, int Rounds, TimeSpan WarmUp, TimeSpan Window, bool Quick)
{
    public const int QuickRounds = 2;
    public const double QuickWindow = 0.4;

    /// <summary>A command that takes these options.</summary>
    public static Command CreateCommand(string name, string description, Func<BenchOptions, Task> run)
    {
        var json = new Option<bool>("--json") { Description = "One JSON object a line on stdout; the table goes to stderr." };
        var quick = new Option<bool>("--quick") { Description = "2 rounds of 0.4 s after a warm-up of 0.5, where not said otherwise." };
        var rounds = new Option<int?>("--rounds") { Description = "Turns of every contestant (5)." };
        var seconds = new Option<double?>("--seconds") { Description = "Length of a turn (2), after a warm-up of 4." };
        rounds.Validators.Add(result => Require(result, result.GetValue(rounds) is null or (>= 1 and <= 1000), "--rounds must be a number between 1 and 1000."));
        seconds.Validators.Add(result =>
            Require(result, result.GetValue(seconds) is null or (>= 0.05 and <= 600), "--seconds must be a number between 0.05 and 600."));
        var command = new Command(name, description) { json, quick, rounds, seconds };
        command.SetAction(async parsed =>
        {
            bool isQuick = parsed.GetValue(quick);
            await run(new BenchOptions(
                parsed.GetValue(json),
                parsed.GetValue(rounds) ?? (isQuick ? QuickRounds : 5),
                TimeSpan.FromSeconds(isQuick ? 0.5 : 4),
                TimeSpan.FromSeconds(parsed.GetValue(seconds) ?? (isQuick ? QuickWindow : 2)),
                isQuick));
            return 0;
        });
        return command;
    }

    private static void Require(OptionResult result, bool valid, string error)
    {
        if (!valid)
        {
            result.AddError(error);
        }
    }
}
