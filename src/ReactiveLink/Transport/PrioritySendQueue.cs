namespace ReactiveLink.Transport;

/// <summary>Puts items on the wire for a <see cref="PrioritySendQueue{TItem}"/>.</summary>
internal interface ISendDispatcher<TItem>
{
    /// <summary>
    /// Sends one item. Called by one thread at a time, in wire order, under no lock: sequence numbers may be assigned here. It must call no
    /// user code (an observer that waits for another send would wait for itself). An exception fails this item's task, nothing else.
    /// </summary>
    void Dispatch(in TItem item);

    /// <summary>Sends several items, in order and under the same rules; one that is refused does not keep the others. Must not throw.</summary>
    /// <param name="items">The items.</param>
    /// <param name="failures">As long, all null: set for each item that was not sent.</param>
    void Dispatch(ReadOnlySpan<TItem> items, Span<Exception?> failures)
    {
        for (var i = 0; i < items.Length; i++)
        {
            try
            {
                Dispatch(in items[i]);
            }
            catch (Exception exception)
            {
                failures[i] = exception;
            }
        }
    }

    /// <summary>An item was refused or evicted because the queue was full. Called on the newcomer's thread, under no lock. An exception is lost.</summary>
    void OnQueueFull(in TItem item, DatagramSendException error);
}

/// <summary>
/// A bounded send queue with four priorities and no thread of its own (flat combining: Hendler, Incze, Shavit, Tzafrir, "Flat Combining and
/// the Synchronization-Parallelism Tradeoff", 2010). Who finds nobody sending, sends at once on its own thread, without allocation, and then
/// serves what came meanwhile: it is the pump. Everyone else queues an item and awaits it. The pump takes what waits at that moment as one batch, in the order
/// in which it would go one by one; it never waits for more.
/// <list type="table">
/// <listheader><term>what happens</term><description>result</description></listheader>
/// <item><term>nobody is sending</term><description>sent inline; the task is complete</description></item>
/// <item><term>somebody is sending</term><description>queued; higher priorities go first, equal ones in order</description></item>
/// <item><term>a lower priority was passed over <see cref="PassOverLimit"/> times in a row</term><description>one of it goes next</description></item>
/// <item><term>the pump served <see cref="PumpBudget"/> items of others</term><description>the thread pool takes over</description></item>
/// <item><term>full, a lower priority waits</term><description>the newest of the lowest is evicted: its task fails, counted</description></item>
/// <item><term>full otherwise</term><description>the newcomer is refused: its task fails, counted</description></item>
/// <item><term>cancelled while queued</term><description>removed, nothing sent, its task is cancelled, counted</description></item>
/// <item><term>cancelled while it or its batch is being sent</term><description>too late: it is sent</description></item>
/// <item><term>the dispatcher throws</term><description>its item's task fails; the others go on</description></item>
/// <item><term>drain</term><description>tells when nothing waits any more and nobody sends; keeps nobody from sending</description></item>
/// <item><term>dispose</term><description>what is queued fails with <see cref="ObjectDisposedException"/></description></item>
/// </list>
/// </summary>
/// <remarks>Memory that an item refers to is used only until its task completes. Each task may be awaited once, as every ValueTask.</remarks>
internal sealed partial class PrioritySendQueue<TItem>(ISendDispatcher<TItem> dispatcher, int capacity) : IThreadPoolWorkItem, IDisposable
{
    /// <summary>How often in a row higher priorities go before a waiting lower one.</summary>
    public const int PassOverLimit = 16;

    /// <summary>How many items of others a sender serves before the thread pool takes over.</summary>
    public const int PumpBudget = 64;

    /// <summary>How many items the pump takes at once: what comes meanwhile, however urgent, waits for no more than these.</summary>
    public const int BatchSize = 64;

    private readonly Lock _gate = new();
    private readonly SendQueueLevels<TItem> _waiting = new(PassOverLimit);
    private readonly Stack<SendQueueNode<TItem>> _free = new();
    private bool _pumping;
    private bool _disposed;
    private TaskCompletionSource? _idle;
    private long _dropped;
    private long _cancelled;

    /// <summary>Sends or queues an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="priority">One of the four.</param>
    /// <param name="cancel">Takes it out of the queue if it was not sent yet.</param>
    /// <returns>Completes when it was sent; fails with the dispatcher's exception, or a <see cref="DatagramSendException"/> if the queue is full.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="priority"/> is none of the four.</exception>
    /// <exception cref="ObjectDisposedException">The queue is disposed.</exception>
    public ValueTask SendAsync(in TItem item, Priority priority, CancellationToken cancel)
    {
        var level = LevelOf(priority);
        if (cancel.IsCancellationRequested)
        {
            return Cancelled(cancel);
        }

        return TryBecomePump() ? SendInline(in item) : Enqueue(in item, level, cancel);
    }

    public SendQueueStatistics GetStatistics()
    {
        lock (_gate)
        {
            return new SendQueueStatistics(_waiting.Total, _dropped, Interlocked.Read(ref _cancelled));
        }
    }

    /// <summary>What waits is sent.</summary>
    /// <returns>Completes when nothing waits and nobody sends.</returns>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            // Items wait only while there is a pump.
            return _pumping ? (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }
    }

    public void Dispose()
    {
        List<SendQueueNode<TItem>> left = [];
        lock (_gate)
        {
            _disposed = true;
            while (_waiting.TakeNext() is { } node)
            {
                left.Add(node);
            }
        }

        foreach (var node in left)
        {
            node.Complete(Disposed());
        }
    }

    void IThreadPoolWorkItem.Execute() => Pump();

    /// <summary>From a node's cancellation callback, on any thread.</summary>
    internal void Cancel(SendQueueNode<TItem> node, CancellationToken token)
    {
        lock (_gate)
        {
            node.CancelRequested = true;
            if (!node.IsQueued)
            {
                // Not queued yet: queueing will see the request. Or being sent: too late.
                return;
            }

            _waiting.Remove(node);
        }

        Interlocked.Increment(ref _cancelled);
        node.Complete(new OperationCanceledException(token));
    }

    /// <summary>From a node whose task was awaited.</summary>
    internal void Return(SendQueueNode<TItem> node)
    {
        lock (_gate)
        {
            if (_free.Count < capacity)
            {
                _free.Push(node);
            }
        }
    }

    private static int LevelOf(Priority priority)
    {
        var level = (int)priority - (int)Priority.Low;
        return (uint)level < SendQueueLevels<TItem>.Count
            ? level
            : throw new ArgumentOutOfRangeException(nameof(priority), priority, "Use Low, Normal, High or Critical.");
    }

    private ValueTask Cancelled(CancellationToken cancel)
    {
        Interlocked.Increment(ref _cancelled);
        return ValueTask.FromCanceled(cancel);
    }

    private static ObjectDisposedException Disposed() => new("send queue", "The transport was disposed before the item was sent.");

    private bool TryBecomePump()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                throw Disposed();
            }

            // Items wait only while there is a pump: no pump, no queue to jump.
            if (_pumping)
            {
                return false;
            }

            _pumping = true;
            return true;
        }
    }

    private ValueTask SendInline(in TItem item)
    {
        ValueTask result = default;
        try
        {
            dispatcher.Dispatch(in item);
        }
        catch (Exception exception)
        {
            result = ValueTask.FromException(exception);
        }

        Pump();
        return result;
    }

    private ValueTask Enqueue(in TItem item, int level, CancellationToken cancel)
    {
        SendQueueNode<TItem>? node;
        lock (_gate)
        {
            _free.TryPop(out node);
        }

        node ??= new SendQueueNode<TItem>(this);
        var task = node.Prepare(in item, level, cancel);
        SendQueueNode<TItem>? evicted = null;
        Exception? refused = null;
        var pump = false;
        lock (_gate)
        {
            if (_disposed)
            {
                refused = Disposed();
            }
            else if (node.CancelRequested)
            {
                Interlocked.Increment(ref _cancelled);
                refused = new OperationCanceledException(cancel);
            }
            else if (_waiting.Total >= capacity && (evicted = _waiting.EvictBelow(level)) is null)
            {
                _dropped++;
                refused = Full("The send queue is full, and nothing of lower priority waits. Send less, or allow a longer queue.");
            }
            else
            {
                _dropped += evicted is null ? 0 : 1;
                _waiting.Append(node);
                pump = !_pumping;
                _pumping = true;
            }
        }

        Settle(node, evicted, refused, in item);
        if (pump)
        {
            Pump();
        }

        return task;
    }

    /// <summary>What queueing decided, carried out under no lock.</summary>
    private void Settle(SendQueueNode<TItem> node, SendQueueNode<TItem>? evicted, Exception? refused, in TItem item)
    {
        if (refused is not null)
        {
            node.Complete(refused);
            if (refused is DatagramSendException full)
            {
                TellFull(in item, full);
            }
        }
        else if (evicted is not null)
        {
            var evictedItem = evicted.Item;
            var error = Full("The send queue is full, and an item of higher priority took this one's place. Send less, or allow a longer queue.");
            evicted.Complete(error);
            TellFull(in evictedItem, error);
        }
    }

    /// <summary>The fate of both items is decided, and their tasks tell it: a report that fails must not look like a newcomer that was not queued.</summary>
    private void TellFull(in TItem item, DatagramSendException error)
    {
        try
        {
            dispatcher.OnQueueFull(in item, error);
        }
        catch (Exception)
        {
            // A clock of the user's that throws. The drop is counted, and its task has failed.
        }
    }

    private static DatagramSendException Full(string message) => new(FaultReason.QueueFull, message);
}
