using System.CommandLine;

namespace ReactiveLink.Benchmarks.Record;

/// <summary>The command line of the record benchmark.</summary>
internal static class RecordCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "One JSON object a line on stdout; the table goes to stderr." };
        var command = new Command("record", "What it costs to record one value, pre-bound, on one thread.") { json };
        command.SetAction(async parsed =>
        {
            var results = RecordBenchmark.Run();
            bool asJson = parsed.GetValue(json);
            if (asJson)
            {
                foreach (var result in results)
                {
                    await Console.Out.WriteLineAsync(result.ToJson());
                }
            }

            var table = asJson ? Console.Error : Console.Out;
            double baseline = CostOf(RecordBenchmark.Baseline);
            double atomic = CostOf(RecordBenchmark.AtomicBaseline);
            foreach (var result in results)
            {
                await table.WriteLineAsync(FormattableString.Invariant(
                    $"{result.Name,-48} {result.NsPerRecord,8:F2} ns  {result.BytesPerRecord,6:F2} B  {result.NsPerRecord / baseline,6:F2} x  {result.NsPerRecord / atomic,6:F2} x Interlocked"));
            }

            return 0;

            double CostOf(string name) => results.First(result => string.Equals(result.Name, name, StringComparison.Ordinal)).NsPerRecord;
        });
        return command;
    }
}
