namespace ReactiveLink.Messages;

/// <summary>What one pass over an envelope finds: values where they are cheap, places where they would cost a string.</summary>
internal struct EnvelopeFields
{
    public EnvelopeFields()
    {
    }

    public JsonSlice Id;
    public JsonSlice Source;
    public JsonSlice Destination;
    public JsonSlice CorrelationId;

    /// <summary>Beside the metadata; not yet known to be well-formed.</summary>
    public JsonSlice TraceParent;
    public JsonSlice TraceState;
    public MessageType Type;
    public double Timestamp;
    public Priority Priority = Priority.Normal;
    public int DataOffset;

    /// <summary>Zero where the envelope has no data: then it is JSON's null.</summary>
    public int DataLength;

    /// <summary>Back to the defaults of an empty <c>metadata</c> object; what is beside it stays.</summary>
    public void ResetMetadata() =>
        this = new EnvelopeFields { DataOffset = DataOffset, DataLength = DataLength, TraceParent = TraceParent, TraceState = TraceState };
}
