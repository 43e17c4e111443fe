namespace ReactiveLink.Tool.Listening;

/// <summary>Tells what a listener receives. The order of calls: listening, then messages and faults, then the summary.</summary>
internal interface IListenReport : IDisposable
{
    /// <summary>An event waits for slow output now, so the receive thread stands still.</summary>
    bool IsBlocked { get; }

    /// <summary>The socket is bound.</summary>
    void Listening(UdpLink link);

    /// <summary>A message was delivered. Calls do not overlap.</summary>
    void Message(Message message);

    /// <summary>Something was refused or lost. Calls do not overlap one another, but may overlap <see cref="Message"/>.</summary>
    void Fault(in Fault fault);

    /// <summary>All is over.</summary>
    void Summary(ListenSummary summary);
}
