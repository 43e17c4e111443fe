namespace ReactiveLink.Transport;

/// <content>The pump: whoever sends serves the others, in batches.</content>
internal sealed partial class PrioritySendQueue<TItem>
{
    // The pump's alone, so there is one user at a time.
    private SendQueueNode<TItem>[]? _batch;
    private TItem[]? _items;
    private Exception?[]? _failures;

    /// <summary>
    /// Sends items at once on this thread, in order and as one batch, if nobody is sending; then serves what came meanwhile. Allocates nothing.
    /// </summary>
    /// <param name="items">The items; at most <see cref="BatchSize"/>, so that what is urgent waits for no more than these.</param>
    /// <param name="failures">As long, all null: set for each item that was not sent.</param>
    /// <param name="priority">One of the four: in an idle queue it makes no difference.</param>
    /// <returns>False, and nothing was done, if somebody is sending: queue them.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="priority"/> is none of the four.</exception>
    /// <exception cref="ObjectDisposedException">The queue is disposed.</exception>
    public bool TrySendInline(ReadOnlySpan<TItem> items, Span<Exception?> failures, Priority priority)
    {
        LevelOf(priority);
        if (!TryBecomePump())
        {
            return false;
        }

        DispatchGuarded(items, failures);
        Pump();
        return true;
    }

    /// <summary>Serves the queue as the one pump; gives the role up when nothing waits, or on to the thread pool when the budget is spent.</summary>
    private void Pump()
    {
        for (var served = 0; TryTake(PumpBudget - served, out var count);)
        {
            if (count == 0)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }

            Serve(count);
            served += count;
        }
    }

    /// <returns>False if nothing waits: the caller is the pump no longer. True with a count of none if the budget is spent.</returns>
    private bool TryTake(int budget, out int count)
    {
        TaskCompletionSource? idle;
        lock (_gate)
        {
            count = Take(Math.Min(BatchSize, budget));
            if (count != 0 || _waiting.Total != 0)
            {
                return true;
            }

            _pumping = false;
            (idle, _idle) = (_idle, null);
        }

        idle?.TrySetResult();
        return false;
    }

    private int Take(int limit)
    {
        _batch ??= new SendQueueNode<TItem>[BatchSize];
        var count = 0;
        while (count < limit && _waiting.TakeNext() is { } node)
        {
            _batch[count++] = node;
        }

        return count;
    }

    private void Serve(int count)
    {
        var batch = _batch.AsSpan(0, count);
        _items ??= new TItem[BatchSize];
        _failures ??= new Exception?[BatchSize];
        for (var i = 0; i < count; i++)
        {
            _items[i] = batch[i].Item;
        }

        DispatchGuarded(_items.AsSpan(0, count), _failures.AsSpan(0, count));
        for (var i = 0; i < count; i++)
        {
            batch[i].Complete(_failures[i]);
        }

        // Nothing that was sent is to be kept alive by a queue that rests.
        batch.Clear();
        Array.Clear(_items, 0, count);
        Array.Clear(_failures, 0, count);
    }

    private void DispatchGuarded(ReadOnlySpan<TItem> items, Span<Exception?> failures)
    {
        try
        {
            if (items.Length == 1)
            {
                dispatcher.Dispatch(in items[0]);
            }
            else
            {
                dispatcher.Dispatch(items, failures);
            }
        }
        catch (Exception exception)
        {
            // Of a batch nobody knows then what was sent: each of its senders is told.
            for (var i = 0; i < failures.Length; i++)
            {
                failures[i] ??= exception;
            }
        }
    }
}
