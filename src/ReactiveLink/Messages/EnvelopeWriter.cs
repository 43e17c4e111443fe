using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ReactiveLink.Messages;

/// <summary>Writes an envelope up to its data, with writers that are kept per thread.</summary>
internal static class EnvelopeWriter
{
    // Relaxed: letters beyond ASCII go out as UTF-8, which every JSON reader takes and which is shorter. No HTML is near.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private static readonly JsonEncodedText Metadata = JsonEncodedText.Encode("metadata");
    private static readonly JsonEncodedText Id = JsonEncodedText.Encode("message_id");
    private static readonly JsonEncodedText Timestamp = JsonEncodedText.Encode("timestamp");
    private static readonly JsonEncodedText Type = JsonEncodedText.Encode("message_type");
    private static readonly JsonEncodedText Priority = JsonEncodedText.Encode("priority");
    private static readonly JsonEncodedText Source = JsonEncodedText.Encode("source");
    private static readonly JsonEncodedText Destination = JsonEncodedText.Encode("destination");
    private static readonly JsonEncodedText CorrelationId = JsonEncodedText.Encode("correlation_id");
    private static readonly JsonEncodedText TraceParent = JsonEncodedText.Encode("traceparent");
    private static readonly JsonEncodedText TraceState = JsonEncodedText.Encode("tracestate");
    private static readonly JsonEncodedText Data = JsonEncodedText.Encode("data");

    [ThreadStatic]
    private static Utf8JsonWriter? _idle;

    /// <summary>A writer for the caller alone: a converter that encodes another message meanwhile gets its own.</summary>
    public static Utf8JsonWriter Rent(IBufferWriter<byte> output)
    {
        var writer = _idle;
        if (writer is null)
        {
            return new Utf8JsonWriter(output, Options);
        }

        _idle = null;
        writer.Reset(output);
        return writer;
    }

    public static void Return(Utf8JsonWriter writer)
    {
        // Keeps the caller's buffer out of a thread's static, and unwritten bytes out of the next message.
        writer.Reset(NoOutput.Instance);
        _idle = writer;
    }

    /// <summary>Everything that cannot be written is refused before the first byte.</summary>
    public static void Validate(in EnvelopeHead metadata)
    {
        if (!double.IsFinite(metadata.Timestamp))
        {
            throw new ArgumentException("The timestamp is not a finite number: JSON cannot write it.", nameof(metadata));
        }

        RequireWellFormed(metadata.IdText);
        RequireWellFormed(metadata.Type.Name);
        RequireWellFormed(metadata.Source);
        RequireWellFormed(metadata.Destination);
        RequireWellFormed(metadata.CorrelationId);
        TraceContext.Require(metadata.TraceParent, metadata.TraceState);
    }

    /// <summary>
    /// Writes the start of the object, the seven fields in the original's order, the trace context if there is one, and the name <c>data</c>. The context is beside the metadata: a peer
    /// that knows seven fields of it finds seven.
    /// </summary>
    public static void WriteUpToData(Utf8JsonWriter writer, in EnvelopeHead metadata)
    {
        writer.WriteStartObject();
        writer.WriteStartObject(Metadata);
        if (metadata.Id.IsEmpty)
        {
            writer.WriteString(Id, metadata.IdText);
        }
        else
        {
            writer.WriteString(Id, metadata.Id);
        }

        WriteTimestamp(writer, metadata.Timestamp);
        writer.WriteString(Type, metadata.Type.Name);
        writer.WriteNumber(Priority, (int)metadata.Priority);
        writer.WriteString(Source, metadata.Source);
        writer.WriteString(Destination, metadata.Destination);
        writer.WriteString(CorrelationId, metadata.CorrelationId);
        writer.WriteEndObject();
        if (metadata.TraceParent is not null)
        {
            writer.WriteString(TraceParent, metadata.TraceParent);
            if (metadata.TraceState is not null)
            {
                writer.WriteString(TraceState, metadata.TraceState);
            }
        }

        writer.WritePropertyName(Data);
    }

    /// <summary>Always with a fraction or an exponent: a reader like Python's tells a float from an integer by it.</summary>
    private static void WriteTimestamp(Utf8JsonWriter writer, double timestamp)
    {
        Span<byte> text = stackalloc byte[40];
        timestamp.TryFormat(text, out var length, "R", CultureInfo.InvariantCulture);
        if (!text[..length].ContainsAny(".E"u8))
        {
            ".0"u8.CopyTo(text[length..]);
            length += 2;
        }

        writer.WritePropertyName(Timestamp);
        writer.WriteRawValue(text[..length], skipInputValidation: true);
    }

    private static void RequireWellFormed(string? text)
    {
        if (Ascii.IsValid(text))
        {
            return;
        }

        for (var rest = text.AsSpan(); rest.Length != 0;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var consumed) != OperationStatus.Done)
            {
                throw new ArgumentException("A string of the metadata has half a surrogate pair: UTF-8 cannot write it.", nameof(text));
            }

            rest = rest[consumed..];
        }
    }

    private sealed class NoOutput : IBufferWriter<byte>
    {
        public static readonly NoOutput Instance = new();

        public void Advance(int count) => throw new NotSupportedException();

        public Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException();

        public Span<byte> GetSpan(int sizeHint = 0) => throw new NotSupportedException();
    }
}
