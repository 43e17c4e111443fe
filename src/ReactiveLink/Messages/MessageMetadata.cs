namespace ReactiveLink;

/// <summary>What an envelope says of its message.</summary>
public sealed record MessageMetadata
{
    /// <summary>What a message without an envelope has.</summary>
    internal static MessageMetadata Default { get; } = new();

    /// <summary>Unique per sender. Empty where the sender gave none.</summary>
    public string Id { get; init; } = "";

    /// <summary>When the sender made it: seconds since 1970-01-01 UTC, as on the wire; 0 where the sender gave none.</summary>
    public double Timestamp { get; init; }

    /// <summary>The message's type.</summary>
    public MessageType Type { get; init; } = MessageType.Data;

    /// <summary>The message's priority; a number outside 1 to 4 is kept.</summary>
    public Priority Priority { get; init; } = Priority.Normal;

    /// <summary>Who says it is the sender.</summary>
    public string Source { get; init; } = "";

    /// <summary>Whom it is meant for, or null for everyone.</summary>
    public string? Destination { get; init; }

    /// <summary>The id of the message that this one answers, or null.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>
    /// The trace that it belongs to: a <c>traceparent</c> of W3C Trace Context, or null. A message read has one only if it was well-formed; to write another is an error.
    /// </summary>
    public string? TraceParent { get; init; }

    /// <summary>The <c>tracestate</c> of W3C Trace Context, at most 512 printable ASCII characters, or null. None without a <see cref="TraceParent"/>.</summary>
    public string? TraceState { get; init; }
}
