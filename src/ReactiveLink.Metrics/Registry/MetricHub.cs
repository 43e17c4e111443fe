namespace ReactiveLink.Metrics.Registry;

/// <summary>
/// A hot stream with many producers. Each subscription has its own bounded queue, drained by whichever thread brought the first item: every observer
/// sees one order, serialized, under no lock. One that throws loses its subscription and is reported; one that is slow misses the newest, counted.
/// </summary>
internal sealed class MetricHub<T>(int capacity, Action<Exception> subscriberFailed, MissedCount? missed = null) : IObservable<T>
{
    private readonly Lock _gate = new();
    private readonly MissedCount _missed = missed ?? new MissedCount();
    private volatile Subscription[] _subscriptions = [];
    private volatile bool _observed;
    private bool _completed;
    private Exception? _error;

    // Each recording asks: a flag, and not the length of what another field refers to.
    public bool HasObservers => _observed;

    /// <summary>What slow observers missed.</summary>
    public long Missed => _missed.Value;

    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(this, observer);
        lock (_gate)
        {
            if (!_completed)
            {
                _subscriptions = [.. _subscriptions, subscription];
                _observed = true;
                return subscription;
            }
        }

        subscription.Complete(_error);
        return subscription;
    }

    public void OnNext(T value)
    {
        foreach (var subscription in _subscriptions)
        {
            if (!subscription.Post(value, capacity))
            {
                _missed.Add(1);
            }
        }
    }

    /// <summary>Ends the stream, after what waits.</summary>
    /// <param name="error">Why, or null for completion.</param>
    public void Complete(Exception? error = null)
    {
        Subscription[] subscriptions;
        lock (_gate)
        {
            if (_completed)
            {
                return;
            }

            (_completed, _error) = (true, error);
            subscriptions = _subscriptions;
            _subscriptions = [];
            _observed = false;
        }

        foreach (var subscription in subscriptions)
        {
            subscription.Complete(error);
        }
    }

    private void Remove(Subscription subscription)
    {
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions.Where(other => other != subscription)];
            _observed = _subscriptions.Length > 0;
        }
    }

    private void Report(Exception exception) => subscriberFailed(exception);

    private sealed class Subscription(MetricHub<T> parent, IObserver<T> observer) : IDisposable
    {
        private readonly Queue<T> _queue = new();
        private IObserver<T>? _observer = observer;
        private bool _completed;
        private Exception? _error;
        private bool _draining;

        public bool Post(T value, int capacity)
        {
            lock (_queue)
            {
                if (_completed)
                {
                    return true;
                }

                if (_queue.Count >= capacity)
                {
                    return false;
                }

                _queue.Enqueue(value);
            }

            Drain();
            return true;
        }

        public void Complete(Exception? error)
        {
            lock (_queue)
            {
                (_completed, _error) = (true, error);
            }

            Drain();
        }

        public void Dispose()
        {
            Volatile.Write(ref _observer, null);
            parent.Remove(this);
        }

        private void Drain()
        {
            var first = true;
            while (TryTake(first, out var value, out var completed))
            {
                first = false;
                try
                {
                    if (completed)
                    {
                        End(Interlocked.Exchange(ref _observer, null));
                    }
                    else
                    {
                        Volatile.Read(ref _observer)?.OnNext(value!);
                    }
                }
                catch (Exception exception)
                {
                    Dispose();
                    parent.Report(exception);
                }
            }
        }

        private void End(IObserver<T>? observer)
        {
            if (_error is null)
            {
                observer?.OnCompleted();
            }
            else
            {
                observer?.OnError(_error);
            }
        }

        /// <summary>Takes the next one, if no other thread (or this one, further up its stack) is at it already.</summary>
        private bool TryTake(bool first, out T? value, out bool completed)
        {
            lock (_queue)
            {
                value = default;
                completed = false;
                if (first && _draining)
                {
                    return false;
                }

                if (_queue.TryDequeue(out value))
                {
                    _draining = true;
                    return true;
                }

                completed = _completed && Volatile.Read(ref _observer) is not null;
                _draining = completed;
                return completed;
            }
        }
    }
}
