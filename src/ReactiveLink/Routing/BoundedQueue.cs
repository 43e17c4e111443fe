using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace ReactiveLink.Routing;

/// <summary>What became of an item that was put into a queue.</summary>
internal enum EnqueueResult
{
    /// <summary>It waits.</summary>
    Added,

    /// <summary>It waits; another item was dropped for it.</summary>
    Displaced,

    /// <summary>It was dropped.</summary>
    Refused,
}

/// <summary>A bounded queue for many producers and many consumers.</summary>
internal abstract class BoundedQueue<T>
{
    public abstract int Count { get; }

    /// <summary>Whether nothing can be taken at this moment. An item that was put in before the caller's last full fence is seen.</summary>
    public abstract bool IsEmpty { get; }

    public abstract EnqueueResult Enqueue(T item, string? key, out T? dropped);

    public abstract bool TryDequeue([MaybeNullWhen(false)] out T item);
}

/// <summary>
/// First in, first out, without a lock. The bound is exact: a place is taken by compare-and-swap before an item goes in, and given back after
/// it came out, so the count never passes the capacity and nothing is refused below it.
/// </summary>
internal sealed class ConcurrentBoundedQueue<T>(int capacity, bool dropOldest) : BoundedQueue<T>
{
    private readonly ConcurrentQueue<T> _items = new();
    private int _count;

    public override int Count => Volatile.Read(ref _count);

    public override bool IsEmpty => _items.IsEmpty;

    public override EnqueueResult Enqueue(T item, string? key, out T? dropped)
    {
        dropped = default;
        var count = Volatile.Read(ref _count);
        var spin = default(SpinWait);
        while (true)
        {
            if (count < capacity)
            {
                var seen = Interlocked.CompareExchange(ref _count, count + 1, count);
                if (seen == count)
                {
                    _items.Enqueue(item);
                    return EnqueueResult.Added;
                }

                count = seen;
                continue;
            }

            if (!dropOldest)
            {
                dropped = item;
                return EnqueueResult.Refused;
            }

            // The place of the oldest goes straight to the new one. If there is none to be had, a consumer is just giving a place back, or a producer
            // has yet to fill its own: whoever it is may be waiting for this processor.
            if (_items.TryDequeue(out dropped))
            {
                _items.Enqueue(item);
                return EnqueueResult.Displaced;
            }

            spin.SpinOnce();
            count = Volatile.Read(ref _count);
        }
    }

    public override bool TryDequeue([MaybeNullWhen(false)] out T item)
    {
        if (!_items.TryDequeue(out item))
        {
            return false;
        }

        Interlocked.Decrement(ref _count);
        return true;
    }
}
