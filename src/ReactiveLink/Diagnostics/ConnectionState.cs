namespace ReactiveLink;

/// <summary>The state of a transport or a link.</summary>
public enum ConnectionState
{
    /// <summary>Created, not yet open.</summary>
    Disconnected,

    /// <summary>Binding the socket.</summary>
    Connecting,

    /// <summary>Bound: datagrams are received and can be sent.</summary>
    Connected,

    /// <summary>The socket was lost and is being rebound, with backoff.</summary>
    Reconnecting,

    /// <summary>Failed for good; the streams ended with an error.</summary>
    Error,

    /// <summary>Disposed; the streams are complete.</summary>
    Closed,
}
