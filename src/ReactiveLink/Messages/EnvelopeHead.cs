namespace ReactiveLink.Messages;

/// <summary>What an envelope says before its data, on its way out: as <see cref="MessageMetadata"/>, without an object and without a string for the id.</summary>
internal readonly ref struct EnvelopeHead
{
    /// <summary>The id in ASCII; where it is empty, <see cref="IdText"/> is the id.</summary>
    public ReadOnlySpan<byte> Id { get; init; }

    public string? IdText { get; init; }

    public double Timestamp { get; init; }

    public MessageType Type { get; init; }

    public Priority Priority { get; init; }

    public string? Source { get; init; }

    public string? Destination { get; init; }

    public string? CorrelationId { get; init; }

    public string? TraceParent { get; init; }

    public string? TraceState { get; init; }

    public static EnvelopeHead Of(MessageMetadata metadata) => new()
    {
        IdText = metadata.Id,
        Timestamp = metadata.Timestamp,
        Type = metadata.Type,
        Priority = metadata.Priority,
        Source = metadata.Source,
        Destination = metadata.Destination,
        CorrelationId = metadata.CorrelationId,
        TraceParent = metadata.TraceParent,
        TraceState = metadata.TraceState,
    };
}
