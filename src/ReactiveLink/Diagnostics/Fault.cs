namespace ReactiveLink;

/// <summary>Something was refused or lost. Faults are values on a side stream; they never end the stream that they concern.</summary>
/// <param name="Reason">Why, from a closed set.</param>
/// <param name="At">When, by the scheduler's clock.</param>
/// <param name="Peer">The remote endpoint concerned, or null where there is none.</param>
/// <param name="Count">How many items this fault stands for: 1 for what is seen one by one; drops that are only known in sums (the kernel's, a full queue's) come in one.</param>
/// <param name="Exception">The exception behind the fault, if one was caught.</param>
/// <param name="Detail">A constant or already existing text that narrows the reason (a route's name, a parser's message), or null.</param>
public readonly record struct Fault(
    FaultReason Reason,
    DateTimeOffset At,
    UdpEndpoint? Peer = null,
    long Count = 1,
    Exception? Exception = null,
    string? Detail = null)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var text = Reason.ToName();
        if (Count != 1)
        {
            text += string.Create(System.Globalization.CultureInfo.InvariantCulture, $" x{Count}");
        }

        if (Peer is not null)
        {
            text += " from " + Peer;
        }

        if (Detail is not null)
        {
            text += ": " + Detail;
        }

        return Exception is null ? text : text + " (" + Exception.Message + ")";
    }
}
