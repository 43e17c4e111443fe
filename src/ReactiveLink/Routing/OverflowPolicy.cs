namespace ReactiveLink;

/// <summary>What a handler's full queue drops. Every item dropped is counted and a <see cref="FaultReason.QueueFull"/> fault.</summary>
public enum OverflowPolicy
{
    /// <summary>The item that comes: what waits keeps its place. The default.</summary>
    DropNewest,

    /// <summary>The item that has waited longest, to make room for the one that comes.</summary>
    DropOldest,

    /// <summary>
    /// At most one item per key waits: a newer one takes the place (and the turn) of the one that waits, which is dropped, whether or not the queue
    /// is full. For state of which only the latest matters. The capacity then bounds the keys that wait; an item of one key more is dropped.
    /// </summary>
    LatestPerKey,
}
