using System.CommandLine;
using ReactiveLink.Simulation;

var seeds = new Option<long>("--seeds") { Description = "How many seeds to run.", DefaultValueFactory = _ => 1000 };
var first = new Option<ulong>("--first") { Description = "The first seed.", DefaultValueFactory = _ => 1 };
var minutes = new Option<double?>("--minutes") { Description = "Stop after so many minutes, whatever is left." };
var without = new Option<string>("--without") { Description = "Parts to leave out, with commas between: what a failing seed names.", DefaultValueFactory = _ => "" };
var threads = new Option<int>("--threads") { Description = "How many seeds run at once.", DefaultValueFactory = _ => Environment.ProcessorCount };
var command = new RootCommand("Runs whole links over a virtual network that does all harm at once, one scenario for each seed, and compares what they say with what happened.")
{
    seeds, first, minutes, without, threads,
};
command.SetAction((parsed, cancel) =>
{
    if (!CampaignOptions.TryMake(
        parsed.GetValue(seeds), parsed.GetValue(first), parsed.GetValue(minutes), parsed.GetValue(without)!, parsed.GetValue(threads), out var options, out var error))
    {
        Console.Error.WriteLine(error);
        return Task.FromResult(2);
    }

    // On another thread: Ctrl+C is heard only once this returns a task.
    return Task.Run(() => new Campaign(options, Console.Out).Run(cancel) ? 0 : 1, CancellationToken.None);
});
return command.Parse(args).Invoke();
