using System.Text;
using System.Text.Json;

namespace ReactiveLink.Benchmarks.Record;

/// <summary>The medians over a contestant's turns.</summary>
internal sealed record RecordResult(string Name, double NsPerRecord, double BytesPerRecord)
{
    /// <summary>One JSON object; the keys and their order are fixed.</summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("name", Name);
            json.WriteNumber("nsPerRecord", Math.Round(NsPerRecord, 2));
            json.WriteNumber("bytesPerRecord", Math.Round(BytesPerRecord, 2));
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
