using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ReactiveLink.Messages;

namespace ReactiveLink;

/// <summary>
/// The JSON envelope: <c>{"metadata":{"message_id":…,"timestamp":…,"message_type":…,"priority":…,"source":…,"destination":…,
/// "correlation_id":…},"data":…}</c>, with <c>traceparent</c> and <c>tracestate</c> after <c>metadata</c> where the message belongs to a trace; one UTF-8 object (RFC 8259) a payload. It is read in one pass that builds nothing but the message: strings
/// are decoded when they are asked for, and the data stays a slice of the payload. <see cref="MessageCodecs.Json"/> is an instance with
/// the default limits.
/// <list type="table">
/// <listheader><term>payload</term><description>message or error</description></listheader>
/// <item><term>valid, fields in any order</term><description>a message</description></item>
/// <item><term>a field of <c>metadata</c> is absent</term><description>a message with that field's default (see <see cref="MessageMetadata"/>)</description></item>
/// <item><term><c>data</c> is absent</term><description>a message whose data is JSON's <c>null</c></description></item>
/// <item><term>a field is unknown</term><description>it is skipped</description></item>
/// <item><term><c>traceparent</c> or <c>tracestate</c> is malformed, too long or of another type</term><description>it is skipped</description></item>
/// <item><term>a field comes twice</term><description>the last one counts; each must be of the right type</description></item>
/// <item><term>an unknown <c>message_type</c>, a priority outside 1 to 4</term><description>kept as it is</description></item>
/// <item><term><c>metadata</c> is absent or no object</term><description>refused: decode-failed</description></item>
/// <item><term>a known field has another type, is null where that is not allowed, a number is not finite, a string has half a surrogate pair</term>
/// <description>refused: decode-failed</description></item>
/// <item><term>no JSON object, text after it, comments, <c>NaN</c>, a pickle, invalid UTF-8, too deep, too large</term><description>refused: decode-failed</description></item>
/// </list>
/// Nothing on the wire names a type of .NET, and nothing is ever run because of what a payload says.
/// </summary>
public sealed class JsonEnvelopeCodec : IMessageCodec
{
    internal const string TooLarge = "the payload is larger than the codec's limit";

    private readonly JsonReaderOptions _readerOptions;
    private readonly int _maxPayloadSize;

    /// <summary>Makes a codec with the default limits.</summary>
    public JsonEnvelopeCodec()
        : this(new JsonEnvelopeOptions())
    {
    }

    /// <summary>Makes a codec.</summary>
    /// <param name="options">Its limits.</param>
    /// <exception cref="ArgumentException">A limit is out of its range; the message names all that are.</exception>
    public JsonEnvelopeCodec(JsonEnvelopeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(nameof(options));
        Options = options;
        _readerOptions = new JsonReaderOptions { MaxDepth = options.MaxDepth };
        _maxPayloadSize = options.MaxPayloadSize;
    }

    /// <summary>The limits.</summary>
    public JsonEnvelopeOptions Options { get; }

    /// <inheritdoc/>
    public string Name => "json";

    /// <inheritdoc/>
    public DataFormat DataFormat => DataFormat.Json;

    /// <inheritdoc/>
    public bool TryDecode(in Sequenced<Frame> frame, [NotNullWhen(true)] out Message? message, [NotNullWhen(false)] out string? error)
    {
        var payload = frame.Value.Payload;
        if (payload.Length > _maxPayloadSize)
        {
            message = null;
            error = TooLarge;
            return false;
        }

        var fields = new EnvelopeFields();
        if (!EnvelopeReader.TryRead(payload.Span, _readerOptions, ref fields, out error))
        {
            message = null;
            return false;
        }

        message = new Message(frame, fields);
        return true;
    }

    /// <summary>Writes a message whose data is already JSON.</summary>
    /// <param name="metadata">Its metadata; all fields are written, the trace context only where there is one.</param>
    /// <param name="data">Exactly one JSON value, UTF-8; it is checked, then copied as it is.</param>
    /// <param name="output">Where the payload goes. What was written there before an exception is of no use.</param>
    /// <exception cref="ArgumentException">The data is not one JSON value within the depth limit, the timestamp is not finite, a string
    /// of the metadata has half a surrogate pair, or the trace context is malformed.</exception>
    public void Encode(MessageMetadata metadata, ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(output);
        if (!EnvelopeReader.IsOneValue(data, Options.MaxDepth - 1))
        {
            throw new ArgumentException("The data is not one JSON value in UTF-8 within the depth limit.", nameof(data));
        }

        EncodeTrusted(metadata, data, output);
    }

    /// <summary>Writes a message with a value as its data, without a buffer in between.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="metadata">Its metadata; all fields are written, the trace context only where there is one.</param>
    /// <param name="value">The data.</param>
    /// <param name="typeInfo">How to write it, from a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>.</param>
    /// <param name="output">Where the payload goes. What was written there before an exception is of no use.</param>
    /// <exception cref="ArgumentException">The timestamp is not finite, a string of the metadata has half a surrogate pair, the trace context is malformed, or the value
    /// holds a number that JSON cannot write.</exception>
    /// <exception cref="JsonException">The value cannot be written as JSON.</exception>
    public void EncodeValue<T>(MessageMetadata metadata, T value, JsonTypeInfo<T> typeInfo, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(typeInfo);
        ArgumentNullException.ThrowIfNull(output);
        EncodeValue(EnvelopeHead.Of(metadata), value, typeInfo, output);
    }

    internal static void EncodeValue<T>(in EnvelopeHead head, T value, JsonTypeInfo<T> typeInfo, IBufferWriter<byte> output)
    {
        EnvelopeWriter.Validate(head);
        var writer = EnvelopeWriter.Rent(output);
        try
        {
            EnvelopeWriter.WriteUpToData(writer, head);
            JsonSerializer.Serialize(writer, value, typeInfo);
            writer.WriteEndObject();
            writer.Flush();
        }
        finally
        {
            EnvelopeWriter.Return(writer);
        }
    }

    /// <summary>As <see cref="Encode"/>, for data that our own serializer has written.</summary>
    internal static void EncodeTrusted(MessageMetadata metadata, ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        var head = EnvelopeHead.Of(metadata);
        EnvelopeWriter.Validate(head);
        var writer = EnvelopeWriter.Rent(output);
        try
        {
            EnvelopeWriter.WriteUpToData(writer, head);
            writer.WriteRawValue(data, skipInputValidation: true);
            writer.WriteEndObject();
            writer.Flush();
        }
        finally
        {
            EnvelopeWriter.Return(writer);
        }
    }
}
