using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ReactiveLink.Fuzz;

/// <summary>What an envelope says, by a document model that takes its time.</summary>
internal static partial class EnvelopeOracle
{
    /// <summary>The metadata and the data as text, or null where the payload is no envelope.</summary>
    public static (MessageMetadata Metadata, string Data)? Expect(byte[] payload, int maxDepth)
    {
        try
        {
            _ = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(payload);
            using var document = JsonDocument.Parse(payload, new JsonDocumentOptions { MaxDepth = maxDepth });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            JsonElement? found = null;
            var data = "null";
            string? traceParent = null;
            string? traceState = null;
            foreach (var property in root.EnumerateObject())
            {
                if (Name(property) == "metadata")
                {
                    // Each must be right, the last one counts.
                    Read(property.Value);
                    found = property.Value;
                }
                else if (Name(property) == "data")
                {
                    data = property.Value.GetRawText();
                }
                else if (Name(property) == "traceparent")
                {
                    traceParent = Match(TraceParent(), property.Value);
                }
                else if (Name(property) == "tracestate")
                {
                    traceState = Match(TraceState(), property.Value);
                }
            }

            return found is null
                ? null
                : (Read(found.Value) with { TraceParent = traceParent, TraceState = traceParent is null ? null : traceState }, data);
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static MessageMetadata Read(JsonElement metadata)
    {
        var result = new MessageMetadata();
        foreach (var property in metadata.EnumerateObject())
        {
            var value = property.Value;
            result = Name(property) switch
            {
                "message_id" => result with { Id = Text(value) },
                "timestamp" => result with { Timestamp = Finite(value.GetDouble()) },
                "message_type" => result with { Type = MessageType.FromWire(Text(value)) },
                "priority" => result with { Priority = (Priority)value.GetInt32() },
                "source" => result with { Source = Text(value) },
                "destination" => result with { Destination = value.GetString() },
                "correlation_id" => result with { CorrelationId = value.GetString() },
                _ => result,
            };
        }

        return result;
    }

    /// <summary>What a property is called; null where that is no text.</summary>
    public static string? Name(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: no name that we know.
            return null;
        }
    }

    private static string? Match(Regex pattern, JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String && pattern.IsMatch(value.GetString()!) ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            return null;
        }
    }

    [GeneratedRegex(@"\A(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}\z", RegexOptions.None, 1000)]
    private static partial Regex TraceParent();

    [GeneratedRegex(@"\A[ -~]{1,512}\z", RegexOptions.None, 1000)]
    private static partial Regex TraceState();

    private static string Text(JsonElement value) => value.GetString() ?? throw new FormatException();

    private static double Finite(double value) => double.IsFinite(value) ? value : throw new FormatException();
}
