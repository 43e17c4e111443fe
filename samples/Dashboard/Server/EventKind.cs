namespace Dashboard.Server;

/// <summary>The events of the stream, in the order in which they are sent.</summary>
internal enum EventKind
{
    Hello,
    Link,
    Peers,
    Windows,
    Alerts,
    Messages,
}
