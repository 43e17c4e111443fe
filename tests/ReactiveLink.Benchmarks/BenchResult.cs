using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ReactiveLink.Benchmarks;

/// <summary>One turn of one contestant: what it did in a second, and what each cost.</summary>
internal sealed record BenchSample(double PerSecond, double CpuNsPer, double BytesPer, params double[] Others);

/// <summary>The medians over a contestant's turns, and the spread of its throughput.</summary>
/// <param name="Bench">The command.</param>
/// <param name="Name">The contestant.</param>
/// <param name="Size">Bytes of a datagram.</param>
/// <param name="Gro">Whether datagrams are segmented or coalesced by the system.</param>
/// <param name="Median">The medians of all that a sample has.</param>
/// <param name="Spread">(largest - smallest) / median of the throughput.</param>
/// <param name="OtherKeys">What the others of a sample are called in JSON.</param>
internal sealed record BenchResult(
    string Bench, string Name, int Size, bool Gro, BenchSample Median, double Spread, IReadOnlyList<string> OtherKeys)
{
    public static BenchResult Of(
        string bench, string name, int size, bool gro, IReadOnlyList<BenchSample> samples, params string[] otherKeys) => new(
        bench,
        name,
        size,
        gro,
        new BenchSample(
            Rounds.Median(samples.Select(sample => sample.PerSecond)),
            Rounds.Median(samples.Select(sample => sample.CpuNsPer)),
            Rounds.Median(samples.Select(sample => sample.BytesPer)),
            [.. otherKeys.Select((_, i) => Rounds.Median(samples.Select(sample => sample.Others[i])))]),
        Rounds.Spread([.. samples.Select(sample => sample.PerSecond)]),
        otherKeys);

    /// <summary>One JSON object; the keys and their order are fixed.</summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("bench", Bench);
            json.WriteString("name", Name);
            json.WriteNumber("size", Size);
            json.WriteBoolean("gro", Gro);
            json.WriteNumber("perSecond", (long)Math.Round(Median.PerSecond));
            json.WriteNumber("cpuNsPer", Math.Round(Median.CpuNsPer, 1));
            json.WriteNumber("bytesPer", Math.Round(Median.BytesPer, 1));
            json.WriteNumber("spread", Math.Round(Spread, 3));
            for (int i = 0; i < OtherKeys.Count; i++)
            {
                json.WriteNumber(OtherKeys[i], Math.Round(Median.Others[i], 3));
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>Prints results: JSON on stdout and the table on stderr, or the table alone on stdout.</summary>
    /// <param name="results">The results.</param>
    /// <param name="asJson">Whether JSON is wanted.</param>
    /// <param name="ratios">Further columns: a title, and a cell for a result.</param>
    public static async Task WriteAsync(
        IReadOnlyList<BenchResult> results, bool asJson, params (string Title, Func<BenchResult, string> Cell)[] ratios)
    {
        if (asJson)
        {
            foreach (var result in results)
            {
                await Console.Out.WriteLineAsync(result.ToJson());
            }
        }

        List<(string Title, Func<BenchResult, string> Cell)> columns =
        [
            (results[0].Bench, result => result.Name),
            ("size", result => Text(result.Size, "0")),
            ("per second", result => Text(result.Median.PerSecond, "#,0")),
            ("spread", result => Text(result.Spread, "0 %")),
            ("CPU ns each", result => Text(result.Median.CpuNsPer, "#,0")),
            ("bytes each", result => Text(result.Median.BytesPer, "#,0.0")),
        ];
        columns.AddRange(results[0].OtherKeys.Select<string, (string, Func<BenchResult, string>)>(
            (key, i) => (key, result => Text(result.Median.Others[i], "#,0.###"))));
        columns.AddRange(ratios);
        string[][] rows = [[.. columns.Select(column => column.Title)], .. results.Select(result => columns.Select(column => column.Cell(result)).ToArray())];
        int[] widths = [.. columns.Select((_, i) => rows.Max(row => row[i].Length))];
        foreach (var row in rows)
        {
            await (asJson ? Console.Error : Console.Out).WriteLineAsync(
                string.Join("  ", row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))));
        }
    }

    public static string Text(double value, string format) => double.IsNaN(value) ? "" : value.ToString(format, CultureInfo.InvariantCulture);
}
