using System.CommandLine;

namespace ReactiveLink.Benchmarks.Record;

/// <summary>The command line of the record benchmark.</summary>
internal static class RecordCommand
{
    private const string Name = "record";
    private const string Alone = "--alone";

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "One JSON object a line on stdout; the table goes to stderr." };
        var alone = new Option<bool>(Alone) { Description = "Only the baseline with no other listener in its process, as key=number.", Hidden = true };
        var command = new Command(Name, "What it costs to record one value, pre-bound, on one thread.") { json, alone };
        command.SetAction(async parsed =>
        {
            if (parsed.GetValue(alone))
            {
                await Console.Out.WriteLineAsync(RecordBenchmark.TellAlone());
                return 0;
            }

            IReadOnlyList<RecordResult> results = [.. RecordBenchmark.Run(), await RecordBenchmark.RunAloneAsync($"{Name} {Alone}")];
            bool asJson = parsed.GetValue(json);
            if (asJson)
            {
                foreach (var result in results)
                {
                    await Console.Out.WriteLineAsync(result.ToJson());
                }
            }

            var table = asJson ? Console.Error : Console.Out;
            string[] units = [RecordBenchmark.Baseline, RecordBenchmark.AtomicBaseline, RecordBenchmark.LoneBaseline];
            await table.WriteLineAsync(FormattableString.Invariant($"{string.Empty,-58} {"ns",8} {"B",6}  times: the baseline, Interlocked, alone"));
            foreach (var result in results)
            {
                await table.WriteLineAsync(FormattableString.Invariant(
                    $"{result.Name,-58} {result.NsPerRecord,8:F2} {result.BytesPerRecord,6:F2}  {string.Join("  ", units.Select(unit => FormattableString.Invariant($"{result.NsPerRecord / CostOf(unit),6:F2}")))}"));
            }

            return 0;

            double CostOf(string name) => results.First(result => string.Equals(result.Name, name, StringComparison.Ordinal)).NsPerRecord;
        });
        return command;
    }
}
