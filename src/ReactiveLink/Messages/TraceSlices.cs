namespace ReactiveLink.Messages;

/// <summary>Where the trace context lies in a payload: an object of its own, because most messages have none.</summary>
internal sealed class TraceSlices(JsonSlice parent, JsonSlice state)
{
    public static TraceSlices? Of(in EnvelopeFields fields) =>
        fields.TraceParent.IsPresent ? new TraceSlices(fields.TraceParent, fields.TraceState) : null;

    /// <returns>Two nulls where the context is malformed: then it is as if there were none.</returns>
    public (string? Parent, string? State) Decode(ReadOnlySpan<byte> payload)
    {
        var traceParent = parent.Decode(payload, intern: false);
        if (!TraceContext.TryParse(traceParent, state: null, out _))
        {
            return default;
        }

        var traceState = state.Decode(payload, intern: false);
        return (traceParent, TraceContext.IsState(traceState) ? traceState : null);
    }
}
