namespace ReactiveLink.Testing;

/// <summary>How a stream broke Rx's grammar.</summary>
public enum SynchronizationViolation
{
    /// <summary>A notification came while another was being handled, on another thread.</summary>
    Overlap,

    /// <summary>A notification came out of the handling of another, on the same thread.</summary>
    Reentrancy,

    /// <summary>A notification came after OnError or OnCompleted.</summary>
    AfterTerminal,
}
