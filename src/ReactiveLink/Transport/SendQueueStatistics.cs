namespace ReactiveLink;

/// <summary>A snapshot of a send queue's counters.</summary>
/// <param name="Queued">Items waiting now.</param>
/// <param name="Dropped">Items refused or evicted because the queue was full.</param>
/// <param name="Cancelled">Items cancelled before they were sent.</param>
public readonly record struct SendQueueStatistics(int Queued, long Dropped, long Cancelled);
