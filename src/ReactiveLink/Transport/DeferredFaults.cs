using System.Collections.Concurrent;

namespace ReactiveLink.Transport;

/// <summary>
/// Faults found on a caller's thread, raised on the thread pool: sending and taking a snapshot never call an observer, so they may be used
/// under locks and inside send queues. Bounded; what exceeds the bound is counted.
/// </summary>
internal sealed class DeferredFaults(Action<Fault> raise, int capacity) : IThreadPoolWorkItem
{
    private readonly ConcurrentQueue<Fault> _queue = new();
    private int _count;
    private int _scheduled;
    private long _missed;

    /// <summary>Faults not raised because too many waited.</summary>
    public long Missed => Interlocked.Read(ref _missed);

    public void Post(in Fault fault)
    {
        if (Interlocked.Increment(ref _count) > capacity)
        {
            Interlocked.Decrement(ref _count);
            Interlocked.Increment(ref _missed);
            return;
        }

        _queue.Enqueue(fault);
        if (Interlocked.Exchange(ref _scheduled, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Raises what waits, on this thread. The hub behind serializes.</summary>
    public void Drain()
    {
        while (_queue.TryDequeue(out var fault))
        {
            Interlocked.Decrement(ref _count);
            raise(fault);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        // Lowered before draining: a fault posted from here on schedules a run of its own.
        Interlocked.Exchange(ref _scheduled, 0);
        Drain();
    }
}
