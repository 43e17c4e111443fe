using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ReactiveLink.Tool.Output;

/// <summary>One JSON object on one line, in a buffer that is used again and again. One thread at a time.</summary>
internal sealed class JsonLine : IDisposable
{
    private static readonly JsonWriterOptions Options = new()
    {
        // Readable on a terminal; the output is read by JSON parsers, not pasted into HTML. Control characters are still escaped.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _writer;

    public JsonLine() => _writer = new Utf8JsonWriter(_buffer, Options);

    /// <summary>Starts an object with its first key, <c>event</c>.</summary>
    public Utf8JsonWriter Start(JsonEncodedText eventName)
    {
        _buffer.ResetWrittenCount();
        _writer.Reset();
        _writer.WriteStartObject();
        _writer.WriteString(Keys.Event, eventName);
        return _writer;
    }

    /// <summary>Ends the object and the line.</summary>
    /// <returns>The line; valid until the next start.</returns>
    public ReadOnlySpan<byte> End()
    {
        _writer.WriteEndObject();
        _writer.Flush();
        _buffer.Write("\n"u8);
        return _buffer.WrittenSpan;
    }

    public void Dispose() => _writer.Dispose();
}
