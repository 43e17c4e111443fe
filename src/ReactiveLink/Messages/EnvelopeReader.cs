using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace ReactiveLink.Messages;

/// <summary>
/// Reads an envelope in one pass of the reader, building no objects. The grammar is RFC 8259's, strictly: one object, no comments, no trailing
/// commas, nothing after it. UTF-8 is checked as a whole first, because the reader alone looks at it only where a string is asked for.
/// </summary>
internal static class EnvelopeReader
{
    public const string NotAnObject = "the payload is not a JSON object";
    public const string NotUtf8 = "the payload is not UTF-8";
    public const string NotJson = "the payload is not one whole JSON object within the depth limit";
    public const string NoMetadata = "the envelope has no metadata";
    public const string MetadataNotAnObject = "metadata is not an object";
    public const string BadId = "message_id is not a string";
    public const string BadTimestamp = "timestamp is not a finite number";
    public const string BadType = "message_type is not a string";
    public const string BadPriority = "priority is not a 32-bit integer";
    public const string BadSource = "source is not a string";
    public const string BadDestination = "destination is neither a string nor null";
    public const string BadCorrelationId = "correlation_id is neither a string nor null";

    public static bool TryRead(
        ReadOnlySpan<byte> payload, JsonReaderOptions options, ref EnvelopeFields fields, [NotNullWhen(false)] out string? error)
    {
        // The reader throws on what is not JSON. Pickles, text, noise and cut objects are told by their ends, without the cost of that.
        if (!HasBraces(payload))
        {
            error = NotAnObject;
            return false;
        }

        if (!Utf8.IsValid(payload))
        {
            error = NotUtf8;
            return false;
        }

        try
        {
            return TryReadEnvelope(payload, options, ref fields, out error);
        }
        catch (JsonException)
        {
            error = NotJson;
            return false;
        }
    }

    /// <summary>Whether bytes are exactly one JSON value within a depth, in valid UTF-8.</summary>
    public static bool IsOneValue(ReadOnlySpan<byte> json, int maxDepth)
    {
        if (!Utf8.IsValid(json))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = maxDepth });
            if (!reader.Read())
            {
                return false;
            }

            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool HasBraces(ReadOnlySpan<byte> payload)
    {
        var trimmed = payload.Trim(" \t\r\n"u8);
        return trimmed.Length >= 2 && trimmed[0] == (byte)'{' && trimmed[^1] == (byte)'}';
    }

    private static bool TryReadEnvelope(
        ReadOnlySpan<byte> payload, JsonReaderOptions options, ref EnvelopeFields fields, [NotNullWhen(false)] out string? error)
    {
        var reader = new Utf8JsonReader(payload, options);
        var hasMetadata = false;
        string? problem = null;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (IsName(ref reader, "metadata"u8))
            {
                hasMetadata = true;
                problem = ReadMetadata(ref reader, ref fields) ?? problem;
            }
            else if (IsName(ref reader, "data"u8))
            {
                reader.Read();
                fields.DataOffset = (int)reader.TokenStartIndex;
                reader.Skip();
                fields.DataLength = (int)reader.BytesConsumed - fields.DataOffset;
            }
            else if (IsName(ref reader, "traceparent"u8))
            {
                fields.TraceParent = ReadShort(ref reader, TraceContext.MaximumParentBytes);
            }
            else if (IsName(ref reader, "tracestate"u8))
            {
                fields.TraceState = ReadShort(ref reader, TraceContext.MaximumStateBytes);
            }
            else
            {
                reader.Skip();
            }
        }

        // Throws if anything but white space follows.
        reader.Read();
        error = problem ?? (hasMetadata ? null : NoMetadata);
        return error is null;
    }

    /// <summary>At the name <c>metadata</c>: reads the object whole, also after a problem. The last of several counts alone.</summary>
    private static string? ReadMetadata(ref Utf8JsonReader reader, ref EnvelopeFields fields)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return MetadataNotAnObject;
        }

        fields.ResetMetadata();
        string? problem = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            problem = ReadField(ref reader, ref fields) ?? problem;
        }

        return problem;
    }

    private static string? ReadField(ref Utf8JsonReader reader, ref EnvelopeFields fields)
    {
        if (IsName(ref reader, "message_type"u8))
        {
            return ReadType(ref reader, ref fields.Type) ? null : Refuse(ref reader, BadType);
        }

        if (IsName(ref reader, "source"u8))
        {
            return ReadString(ref reader, ref fields.Source) ? null : Refuse(ref reader, BadSource);
        }

        if (IsName(ref reader, "message_id"u8))
        {
            return ReadString(ref reader, ref fields.Id) ? null : Refuse(ref reader, BadId);
        }

        if (IsName(ref reader, "timestamp"u8))
        {
            reader.Read();
            return reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out fields.Timestamp) && double.IsFinite(fields.Timestamp)
                ? null
                : Refuse(ref reader, BadTimestamp);
        }

        if (IsName(ref reader, "priority"u8))
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var priority))
            {
                fields.Priority = (Priority)priority;
                return null;
            }

            return Refuse(ref reader, BadPriority);
        }

        if (IsName(ref reader, "destination"u8))
        {
            return ReadNullableString(ref reader, ref fields.Destination) ? null : Refuse(ref reader, BadDestination);
        }

        if (IsName(ref reader, "correlation_id"u8))
        {
            return ReadNullableString(ref reader, ref fields.CorrelationId) ? null : Refuse(ref reader, BadCorrelationId);
        }

        reader.Skip();
        return null;
    }

    private static string Refuse(ref Utf8JsonReader reader, string problem)
    {
        reader.Skip();
        return problem;
    }

    /// <summary>A string of at most so many bytes. Anything else is as if it were not there: it is no reason to refuse a message.</summary>
    private static JsonSlice ReadShort(ref Utf8JsonReader reader, int maximumLength)
    {
        JsonSlice slice = default;
        var isShort = ReadString(ref reader, ref slice) && reader.ValueSpan.Length <= maximumLength;
        reader.Skip();
        return isShort ? slice : default;
    }

    private static bool ReadNullableString(ref Utf8JsonReader reader, ref JsonSlice slice)
    {
        if (ReadString(ref reader, ref slice))
        {
            return true;
        }

        slice = default;
        return reader.TokenType == JsonTokenType.Null;
    }

    private static bool ReadString(ref Utf8JsonReader reader, ref JsonSlice slice)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String || (reader.ValueIsEscaped && !JsonEscapes.AreWellFormed(reader.ValueSpan)))
        {
            return false;
        }

        slice = new JsonSlice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length, reader.ValueIsEscaped);
        return true;
    }

    private static bool ReadType(ref Utf8JsonReader reader, ref MessageType type)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            return false;
        }

        if (!reader.ValueIsEscaped)
        {
            type = MessageType.FromWire(reader.ValueSpan);
            return true;
        }

        if (!JsonEscapes.AreWellFormed(reader.ValueSpan))
        {
            return false;
        }

        type = MessageType.FromWire(reader.GetString()!);
        return true;
    }

    private static bool IsName(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        reader.ValueIsEscaped
            ? JsonEscapes.AreWellFormed(reader.ValueSpan) && reader.ValueTextEquals(name)
            : reader.ValueSpan.SequenceEqual(name);
}
