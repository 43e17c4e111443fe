namespace ReactiveLink.Diagnostics;

/// <summary>
/// A hot stream with many producers. Each subscription has its own bounded queue, drained by whichever thread brought the first item, so
/// every observer sees one order, serialized, and none is ever called under a lock. With <c>replay</c> a subscriber gets the current value first.
/// </summary>
/// <remarks>A queue grows only while its observer is running on another thread (or re-entered); beyond the capacity the newest is dropped and counted.</remarks>
internal sealed class SerializedHub<T>(int capacity, Action<Exception> subscriberFailed) : IObservable<T>
{
    private readonly Lock _gate = new();
    private Subscription[] _subscriptions = [];
    private T? _current;
    private readonly bool _replay;
    private bool _terminated;
    private Exception? _error;
    private long _dropped;

    /// <summary>A hub that gives the current value to each new subscriber.</summary>
    public SerializedHub(T current, int capacity, Action<Exception> subscriberFailed)
        : this(capacity, subscriberFailed)
    {
        _current = current;
        _replay = true;
    }

    /// <summary>Notifications that a slow observer missed because its queue was full.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public bool HasObservers => Volatile.Read(ref _subscriptions).Length != 0;

    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(this, observer);
        lock (_gate)
        {
            if (_replay)
            {
                subscription.Enqueue(_current!, capacity);
            }

            if (_terminated)
            {
                subscription.EnqueueTerminal(_error);
            }
            else
            {
                _subscriptions = [.. _subscriptions, subscription];
            }
        }

        subscription.Drain();
        return subscription;
    }

    public void OnNext(T value)
    {
        Subscription[] subscriptions;
        lock (_gate)
        {
            if (_terminated)
            {
                return;
            }

            if (_replay)
            {
                _current = value;
            }

            subscriptions = _subscriptions;
            foreach (var subscription in subscriptions)
            {
                if (!subscription.Enqueue(value, capacity))
                {
                    Interlocked.Increment(ref _dropped);
                }
            }
        }

        foreach (var subscription in subscriptions)
        {
            subscription.Drain();
        }
    }

    /// <summary>Ends the stream; the last value, if given, goes out before the end.</summary>
    public void Terminate(Exception? error)
    {
        Subscription[] subscriptions;
        lock (_gate)
        {
            if (_terminated)
            {
                return;
            }

            _terminated = true;
            _error = error;
            subscriptions = _subscriptions;
            _subscriptions = [];
            foreach (var subscription in subscriptions)
            {
                subscription.EnqueueTerminal(error);
            }
        }

        foreach (var subscription in subscriptions)
        {
            subscription.Drain();
        }
    }

    private void Remove(Subscription subscription)
    {
        lock (_gate)
        {
            var index = Array.IndexOf(_subscriptions, subscription);
            if (index >= 0)
            {
                _subscriptions = [.. _subscriptions[..index], .. _subscriptions[(index + 1)..]];
            }
        }
    }

    private void Report(Exception exception) => subscriberFailed(exception);

    private sealed class Subscription(SerializedHub<T> parent, IObserver<T> observer) : IDisposable
    {
        private readonly Queue<T> _queue = new();
        private volatile IObserver<T>? _observer = observer;
        private bool _ended;
        private Exception? _error;
        private int _pending;

        /// <summary>Under the parent's gate, or before the subscription is known.</summary>
        public bool Enqueue(T value, int capacity)
        {
            lock (_queue)
            {
                if (_queue.Count >= capacity)
                {
                    return false;
                }

                _queue.Enqueue(value);
                return true;
            }
        }

        public void EnqueueTerminal(Exception? error)
        {
            lock (_queue)
            {
                _ended = true;
                _error = error;
            }
        }

        public void Drain()
        {
            if (Interlocked.Increment(ref _pending) != 1)
            {
                return;
            }

            var seen = 1;
            do
            {
                while (TryNext(out var value, out var ended))
                {
                    Deliver(value, ended);
                }

                seen = Interlocked.Add(ref _pending, -seen);
            }
            while (seen != 0);
        }

        public void Dispose()
        {
            _observer = null;
            parent.Remove(this);
        }

        private bool TryNext(out T? value, out bool ended)
        {
            lock (_queue)
            {
                ended = false;
                if (_queue.TryDequeue(out value))
                {
                    return true;
                }

                ended = _ended;
                _ended = false;
                return ended;
            }
        }

        private void Deliver(T? value, bool ended)
        {
            var target = ended ? Interlocked.Exchange(ref _observer, null) : _observer;
            if (target is null)
            {
                return;
            }

            try
            {
                if (!ended)
                {
                    target.OnNext(value!);
                }
                else if (_error is null)
                {
                    target.OnCompleted();
                }
                else
                {
                    target.OnError(_error);
                }
            }
            catch (Exception exception)
            {
                Dispose();
                parent.Report(exception);
            }
        }
    }
}
