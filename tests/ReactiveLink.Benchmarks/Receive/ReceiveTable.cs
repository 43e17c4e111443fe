using System.Globalization;

namespace ReactiveLink.Benchmarks.Receive;

/// <summary>
/// The results for people, with ratios to those that one compares with: of throughput flat out, of CPU where all receive the same.
/// </summary>
internal static class ReceiveTable
{
    private static readonly string[] Yardsticks = [ReceiveContestants.BaselineBatched, "UdpClient.ReceiveAsync", "FromAsync.Repeat"];

    public static async Task WriteAsync(TextWriter output, IReadOnlyList<ReceiveResult> results, bool paced)
    {
        var yardsticks = Yardsticks.Select(name => results.FirstOrDefault(result => result.Name == name)).OfType<ReceiveResult>().ToArray();
        var columns = new List<(string Title, Func<ReceiveResult, string> Cell)>
        {
            ("receive", result => result.Name),
            ("size", result => Text(result.Size, "0")),
            ("GRO", result => result.Gro ? "yes" : "no"),
            ("datagrams/s", result => Text(result.PerSecond, "#,0")),
            ("spread", result => Text(result.Spread, "0 %")),
            ("sent/s", result => Text(result.SentPerSecond, "#,0")),
            ("CPU ns each", result => Text(result.CpuNsPer, "#,0")),
            ("bytes each", result => Text(result.BytesPer, "#,0.0")),
        };
        columns.AddRange(yardsticks.Select<ReceiveResult, (string, Func<ReceiveResult, string>)>(yardstick =>
            paced
                ? ("CPU / " + yardstick.Name, result => Text(result.CpuNsPer / yardstick.CpuNsPer, "0.00"))
                : ("x " + yardstick.Name, result => Text(result.PerSecond / yardstick.PerSecond, "0.00"))));

        string[][] rows = [[.. columns.Select(column => column.Title)], .. results.Select(result => columns.Select(column => column.Cell(result)).ToArray())];
        int[] widths = [.. columns.Select((_, i) => rows.Max(row => row[i].Length))];
        foreach (var row in rows)
        {
            await output.WriteLineAsync(string.Join("  ", row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))));
        }
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
