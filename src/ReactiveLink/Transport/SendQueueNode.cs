using System.Threading.Tasks.Sources;

namespace ReactiveLink.Transport;

/// <summary>A queued item and its task, pooled: it goes back to its queue when the task's result was taken.</summary>
internal sealed class SendQueueNode<TItem>(PrioritySendQueue<TItem> queue) : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;
    private TItem _item = default!;

    public ref readonly TItem Item => ref _item;

    public int Level { get; private set; }

    // The list fields and flags below belong to the queue and its gate.
    public SendQueueNode<TItem>? Previous { get; set; }

    public SendQueueNode<TItem>? Next { get; set; }

    public bool IsQueued { get; set; }

    public bool CancelRequested { get; set; }

    public ValueTask Prepare(in TItem item, int level, CancellationToken cancel)
    {
        _item = item;
        Level = level;
        CancelRequested = false;
        var task = new ValueTask(this, _core.Version);

        // Before it is queued, so that nobody can complete the node while its registration is not yet known. May call back at once.
        _registration = cancel.UnsafeRegister(static (state, token) => ((SendQueueNode<TItem>)state!).OnCancelled(token), this);
        return task;
    }

    /// <summary>Ends the task. Called once, by whoever took the node out of the queue, under no lock; the node must not be touched after.</summary>
    public void Complete(Exception? failure)
    {
        // Waits for a cancellation callback that is running elsewhere (it does nothing long), so that none can meet the node's next use.
        _registration.Dispose();
        _registration = default;
        _item = default!;
        if (failure is null)
        {
            _core.SetResult(result: true);
        }
        else
        {
            _core.SetException(failure);
        }
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token)
    {
        // Wrong use (a second await, a result taken too early) must throw without giving the node back.
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            _core.GetResult(token);
        }

        try
        {
            _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            queue.Return(this);
        }
    }

    private void OnCancelled(CancellationToken token) => queue.Cancel(this, token);
}
