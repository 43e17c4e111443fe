using System.Text;
using System.Text.Json;

namespace ReactiveLink.Benchmarks.Receive;

/// <summary>One turn of one contestant.</summary>
internal sealed record ReceiveSample(double PerSecond, double CpuNsPer, double BytesPer, double SentPerSecond);

/// <summary>The medians over a contestant's turns, and the spread of its throughput.</summary>
internal sealed record ReceiveResult(
    string Name, int Size, bool Gro, double PerSecond, double CpuNsPer, double BytesPer, double Spread, double SentPerSecond)
{
    public static ReceiveResult Of(string name, int size, bool gro, IReadOnlyCollection<ReceiveSample> samples) => new(
        name,
        size,
        gro,
        Rounds.Median(samples.Select(sample => sample.PerSecond)),
        Rounds.Median(samples.Select(sample => sample.CpuNsPer)),
        Rounds.Median(samples.Select(sample => sample.BytesPer)),
        Rounds.Spread([.. samples.Select(sample => sample.PerSecond)]),
        Rounds.Median(samples.Select(sample => sample.SentPerSecond)));

    /// <summary>One JSON object; the keys and their order are fixed.</summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("bench", "receive");
            json.WriteString("name", Name);
            json.WriteNumber("size", Size);
            json.WriteBoolean("gro", Gro);
            json.WriteNumber("perSecond", (long)Math.Round(PerSecond));
            json.WriteNumber("cpuNsPer", Math.Round(CpuNsPer, 1));
            json.WriteNumber("bytesPer", Math.Round(BytesPer, 1));
            json.WriteNumber("spread", Math.Round(Spread, 3));
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
