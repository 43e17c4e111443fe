using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveLink.Links;

/// <summary>
/// The awaitable "next message" of a link: a bounded queue that fills from the first call of <see cref="ReceiveAsync"/> on, so that messages between
/// two calls are not missed. When it is full the newest is refused.
/// </summary>
internal sealed class MessageInbox(int capacity, IScheduler scheduler)
{
    private readonly Lock _gate = new();
    private readonly Queue<Message> _messages = new();
    private readonly LinkedList<Waiter> _waiters = new();
    private volatile bool _active;
    private bool _completed;
    private long _timeouts;

    public bool IsActive => _active;

    public long Timeouts => Interlocked.Read(ref _timeouts);

    /// <summary>Takes a message; false if the inbox is full and the message was refused.</summary>
    public bool Post(Message message)
    {
        Waiter waiter;
        lock (_gate)
        {
            if (_completed)
            {
                return true;
            }

            if (_waiters.First is not { } first)
            {
                if (_messages.Count >= capacity)
                {
                    return false;
                }

                _messages.Enqueue(message);
                return true;
            }

            waiter = first.Value;
            _waiters.RemoveFirst();
        }

        waiter.Complete(message);
        return true;
    }

    /// <summary>The next message; null after the timeout, or when the link is closed.</summary>
    public Task<Message?> ReceiveAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<Message?>(cancellationToken);
        }

        Waiter waiter;
        lock (_gate)
        {
            _active = true;
            if (_messages.TryDequeue(out var message))
            {
                return Task.FromResult<Message?>(message);
            }

            if (_completed)
            {
                return Task.FromResult<Message?>(null);
            }

            if (timeout == TimeSpan.Zero)
            {
                _timeouts++;
                return Task.FromResult<Message?>(null);
            }

            if (_waiters.Count >= capacity)
            {
                return Task.FromException<Message?>(new InvalidOperationException(
                    $"{capacity} calls of ReceiveAsync wait already, as many as ReceiveCapacity allows. Await one before the next, or raise ReceiveCapacity."));
            }

            waiter = new Waiter();
            _waiters.AddLast(waiter);
        }

        try
        {
            waiter.Arm(this, timeout, cancellationToken);
        }
        catch
        {
            // The caller gets an exception and no task: a message given to this waiter would be lost.
            if (!Remove(waiter, timedOut: false) && waiter.Task is { IsCompletedSuccessfully: true, Result: { } message })
            {
                Post(message);
            }

            throw;
        }

        return waiter.Task;
    }

    /// <summary>Every waiting call gets nothing, and every later one what is still queued.</summary>
    public void Complete()
    {
        Waiter[] waiters;
        lock (_gate)
        {
            _completed = true;
            waiters = [.. _waiters];
            _waiters.Clear();
        }

        foreach (var waiter in waiters)
        {
            waiter.Complete(message: null);
        }
    }

    private bool Remove(Waiter waiter, bool timedOut)
    {
        lock (_gate)
        {
            if (!_waiters.Remove(waiter))
            {
                return false;
            }

            if (timedOut)
            {
                _timeouts++;
            }

            return true;
        }
    }

    private sealed class Waiter
    {
        private readonly TaskCompletionSource<Message?> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CompositeDisposable _resources = [];

        public Task<Message?> Task => _source.Task;

        public void Arm(MessageInbox inbox, TimeSpan timeout, CancellationToken cancellationToken)
        {
            if (timeout != Timeout.InfiniteTimeSpan)
            {
                _resources.Add(inbox.Scheduling(timeout, () =>
                {
                    if (inbox.Remove(this, timedOut: true))
                    {
                        Complete(message: null);
                    }
                }));
            }

            if (cancellationToken.CanBeCanceled)
            {
                _resources.Add(cancellationToken.Register(() =>
                {
                    if (inbox.Remove(this, timedOut: false))
                    {
                        _source.TrySetCanceled(cancellationToken);
                        _resources.Dispose();
                    }
                }));
            }
        }

        public void Complete(Message? message)
        {
            _source.TrySetResult(message);
            _resources.Dispose();
        }
    }

    private IDisposable Scheduling(TimeSpan timeout, Action action) => scheduler.Schedule(timeout, action);
}
