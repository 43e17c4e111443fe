namespace ReactiveLink;

/// <summary>
/// A snapshot of what became of a handler's items since it was added. Every item ends in exactly one of handled, failed, timed out and dropped, so that
/// <c>Offered = Handled + Failed + TimedOut + Dropped + Pending + Running</c>: exactly, whenever nothing moves while the snapshot is taken.
/// </summary>
/// <param name="Name">The handler's name.</param>
/// <param name="Offered">Items that came.</param>
/// <param name="Handled">Items whose handler returned in time.</param>
/// <param name="Failed">Items whose handler threw in time, or whose key could not be selected.</param>
/// <param name="TimedOut">Items whose handler ran longer than the timeout, however it ended afterwards.</param>
/// <param name="Dropped">Items dropped because the queue was full, or unhandled when the handler was disposed.</param>
/// <param name="Pending">Items that wait.</param>
/// <param name="Running">Handlers that run within their time.</param>
/// <param name="Overdue">Handlers that run on after their timeout: counted as timed out, still holding a place among the concurrent ones.</param>
public sealed record RouteStatistics(
    string Name,
    long Offered,
    long Handled,
    long Failed,
    long TimedOut,
    long Dropped,
    int Pending,
    int Running,
    int Overdue);
