using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ReactiveLink.Links;
using ReactiveLink.Messages;

namespace ReactiveLink;

public sealed partial class UdpLink
{
    private const string ReflectionWarning = "Serializes by reflection. Use the overload with a JsonTypeInfo in trimmed or ahead-of-time compiled programs.";

    private readonly MessageIdGenerator _ids = new();

    /// <summary>Sends a value in one message.</summary>
    /// <typeparam name="T">With a JSON codec any JSON-serializable type; with a text codec <see cref="string"/>; with a binary one <see cref="byte"/>[] or memory of bytes.</typeparam>
    /// <param name="data">The value.</param>
    /// <param name="priority">Which waiting messages go first.</param>
    /// <param name="type">The message's type; <see cref="MessageType.Data"/> unless given.</param>
    /// <param name="to">The remote endpoint; null for the one a client link was opened toward.</param>
    /// <param name="destination">Whom the message is meant for, in its metadata.</param>
    /// <param name="correlationId">The id of the message that this one answers.</param>
    /// <param name="cancellationToken">Takes the message back while it waits.</param>
    /// <returns>Completes when the datagram has been given to the system.</returns>
    /// <exception cref="DatagramTooLargeException">The message does not fit into one datagram; nothing was sent.</exception>
    /// <exception cref="DatagramSendException">The socket refused it, or the queue was full; says why.</exception>
    /// <exception cref="InvalidOperationException">The link listens and <paramref name="to"/> is null.</exception>
    /// <exception cref="ObjectDisposedException">The link is disposed.</exception>
    [RequiresUnreferencedCode(ReflectionWarning)]
    [RequiresDynamicCode(ReflectionWarning)]
    public ValueTask SendAsync<T>(
        T data,
        Priority priority = Priority.Normal,
        MessageType type = default,
        UdpEndpoint? to = null,
        string? destination = null,
        string? correlationId = null,
        CancellationToken cancellationToken = default)
    {
        return SendValue(new Envelope(priority, type, destination, correlationId), data, DefaultTypeInfo<T>(), to, cancellationToken);
    }

    /// <summary>As the other overload, without reflection.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="data">The value.</param>
    /// <param name="typeInfo">How it is serialized, from a source-generated JsonSerializerContext.</param>
    /// <param name="priority">Which waiting messages go first.</param>
    /// <param name="type">The message's type; <see cref="MessageType.Data"/> unless given.</param>
    /// <param name="to">The remote endpoint; null for the one a client link was opened toward.</param>
    /// <param name="destination">Whom the message is meant for, in its metadata.</param>
    /// <param name="correlationId">The id of the message that this one answers.</param>
    /// <param name="cancellationToken">Takes the message back while it waits.</param>
    /// <returns>Completes when the datagram has been given to the system.</returns>
    /// <exception cref="DatagramTooLargeException">The message does not fit into one datagram; nothing was sent.</exception>
    /// <exception cref="DatagramSendException">The socket refused it, or the queue was full; says why.</exception>
    /// <exception cref="InvalidOperationException">The link listens and <paramref name="to"/> is null, or its codec is not JSON.</exception>
    /// <exception cref="ObjectDisposedException">The link is disposed.</exception>
    public ValueTask SendAsync<T>(
        T data,
        JsonTypeInfo<T> typeInfo,
        Priority priority = Priority.Normal,
        MessageType type = default,
        UdpEndpoint? to = null,
        string? destination = null,
        string? correlationId = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        RequireJson();
        return SendValue(new Envelope(priority, type, destination, correlationId), data, typeInfo, to, cancellationToken);
    }

    /// <summary>Sends a message whose data is already encoded.</summary>
    /// <param name="metadata">What the envelope says, exactly as given, but for the trace context where it has none and spans are listened to; its priority also orders the queue.</param>
    /// <param name="data">The data in the codec's <see cref="IMessageCodec.DataFormat"/>, for example one JSON value. Not used after the call returns.</param>
    /// <param name="to">The remote endpoint; null for the one a client link was opened toward.</param>
    /// <param name="cancellationToken">Takes the message back while it waits.</param>
    /// <returns>Completes when the datagram has been given to the system.</returns>
    /// <exception cref="ArgumentException">The data is not in the codec's format.</exception>
    /// <exception cref="DatagramTooLargeException">The message does not fit into one datagram; nothing was sent.</exception>
    /// <exception cref="DatagramSendException">The socket refused it, or the queue was full; says why.</exception>
    /// <exception cref="InvalidOperationException">The link listens and <paramref name="to"/> is null.</exception>
    /// <exception cref="ObjectDisposedException">The link is disposed.</exception>
    public ValueTask SendAsync(MessageMetadata metadata, ReadOnlyMemory<byte> data, UdpEndpoint? to = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return SendTracing.IsOn ? SendEncodedTraced(metadata, data, to, cancellationToken) : SendEncoded(metadata, data.Span, to, cancellationToken);
    }

    /// <summary>Metadata for an outgoing message of this link: a fresh id, the time now, the link's source.</summary>
    /// <param name="priority">The priority.</param>
    /// <param name="type">The type.</param>
    /// <param name="destination">Whom it is meant for, or null.</param>
    /// <param name="correlationId">The id of the message that it answers, or null.</param>
    /// <returns>New metadata.</returns>
    public MessageMetadata CreateMetadata(
        Priority priority = Priority.Normal,
        MessageType type = default,
        string? destination = null,
        string? correlationId = null) => new()
        {
            Id = _ids.Next(),
            Timestamp = UnixTime(),
            Type = type,
            Priority = priority,
            Source = _options.Source,
            Destination = destination,
            CorrelationId = correlationId,
        };

    private ValueTask SendValue<T>(
        in Envelope envelope, T data, JsonTypeInfo<T>? typeInfo, UdpEndpoint? to, CancellationToken cancellationToken)
    {
        if (SendTracing.IsOn)
        {
            return SendValueTraced(envelope, data, typeInfo, to, cancellationToken);
        }

        var buffer = Encode(envelope, data, typeInfo);
        return _sender.SendAsync(buffer, to, envelope.Priority, cancellationToken);
    }

    private ValueTask SendEncoded(MessageMetadata metadata, ReadOnlySpan<byte> data, UdpEndpoint? to, CancellationToken cancellationToken)
    {
        var buffer = RentBuffer();
        try
        {
            _options.Codec.Encode(metadata, data, buffer);
        }
        catch
        {
            buffer.Return();
            throw;
        }

        return _sender.SendAsync(buffer, to, metadata.Priority, cancellationToken);
    }

    /// <summary>A value in a buffer, as the codec writes it.</summary>
    private PayloadBuffer Encode<T>(in Envelope envelope, T data, JsonTypeInfo<T>? typeInfo)
    {
        var buffer = RentBuffer();
        try
        {
            if (_options.Codec is JsonEnvelopeCodec)
            {
                Span<byte> id = stackalloc byte[MessageIdGenerator.MaximumLength];
                var head = new EnvelopeHead
                {
                    Id = envelope.Id is null ? id[.._ids.Next(id)] : default,
                    IdText = envelope.Id,
                    Timestamp = UnixTime(),
                    Type = envelope.Type,
                    Priority = envelope.Priority,
                    Source = _options.Source,
                    Destination = envelope.Destination,
                    CorrelationId = envelope.CorrelationId,
                    TraceParent = envelope.TraceParent,
                    TraceState = envelope.TraceState,
                };
                JsonEnvelopeCodec.EncodeValue(head, data, typeInfo!, buffer);
            }
            else if (typeInfo is not null)
            {
                _options.Codec.Encode(CreateMetadata(envelope), JsonSerializer.SerializeToUtf8Bytes(data, typeInfo), buffer);
            }
            else
            {
                // Ours without an envelope look at no metadata.
                var metadata = _options.Codec is BytesCodec or TextCodec ? MessageMetadata.Default : CreateMetadata(envelope);
                _options.Codec.Encode(metadata, Plain(data), buffer);
            }

            return buffer;
        }
        catch
        {
            buffer.Return();
            throw;
        }
    }

    private double UnixTime() => (_scheduler.Now - DateTimeOffset.UnixEpoch).TotalSeconds;

    private MessageMetadata CreateMetadata(in Envelope envelope) =>
        CreateMetadata(envelope.Priority, envelope.Type, envelope.Destination, envelope.CorrelationId) is var metadata && envelope.Id is { } id
            ? metadata with { Id = id, TraceParent = envelope.TraceParent, TraceState = envelope.TraceState }
            : metadata with { TraceParent = envelope.TraceParent, TraceState = envelope.TraceState };

    private PayloadBuffer RentBuffer()
    {
        ObjectDisposedException.ThrowIf(CurrentState == ConnectionState.Closed, this);
        return _sender.RentBuffer();
    }

    /// <summary>The bytes of a value that a codec without JSON carries as it is. Told apart by T, so that memory is not boxed.</summary>
    private ReadOnlySpan<byte> Plain<T>(T data)
    {
        if (_options.Codec.DataFormat == DataFormat.Binary)
        {
            if (typeof(T) == typeof(ReadOnlyMemory<byte>))
            {
                return Unsafe.As<T, ReadOnlyMemory<byte>>(ref data).Span;
            }

            if (typeof(T) == typeof(Memory<byte>))
            {
                return Unsafe.As<T, Memory<byte>>(ref data).Span;
            }

            if (data is byte[] bytes)
            {
                return bytes;
            }
        }
        else if (data is string text)
        {
            return Encoding.UTF8.GetBytes(text);
        }

        throw new ArgumentException(
            $"The codec '{_options.Codec.Name}' carries {(_options.Codec.DataFormat == DataFormat.Text ? "string" : "byte[]")}, not {typeof(T).Name}: convert the value, or use MessageCodecs.Json.",
            nameof(data));
    }

    [RequiresUnreferencedCode(ReflectionWarning)]
    [RequiresDynamicCode(ReflectionWarning)]
    private JsonTypeInfo<T>? DefaultTypeInfo<T>() =>
        _options.Codec.DataFormat == DataFormat.Json ? JsonDefaults.TypeInfo<T>(JsonDefaults.Options) : null;

    private void RequireJson()
    {
        if (_options.Codec.DataFormat != DataFormat.Json)
        {
            throw new InvalidOperationException($"The codec '{_options.Codec.Name}' does not carry JSON: use the overload without a JsonTypeInfo.");
        }
    }

    /// <summary>What a caller says of a message, before it has a time and, unless it is a request, an id.</summary>
    private readonly record struct Envelope(Priority Priority, MessageType Type, string? Destination, string? CorrelationId, string? Id = null)
    {
        public string? TraceParent { get; init; }

        public string? TraceState { get; init; }

        public Envelope In(Activity? span)
        {
            var (parent, state) = SendTracing.ContextOf(span);
            return this with { TraceParent = parent, TraceState = state };
        }
    }
}
