namespace ReactiveLink.Diagnostics;

/// <summary>
/// A hot stream with one producer: its notifications are serialized by the caller. Each observer is isolated: one that throws loses its
/// own subscription and is reported, the others go on. No lock is held while an observer runs.
/// </summary>
internal sealed class Broadcaster<T>(Action<Exception> subscriberFailed) : IObservable<T>, IObserver<T>
{
    private readonly Lock _gate = new();
    private volatile Subscription[] _subscriptions = [];
    private volatile bool _terminated;
    private Exception? _error;

    public bool HasObservers => _subscriptions.Length != 0;

    /// <summary>Called, under no lock, after the first observer came or the last one went.</summary>
    public Action? ObserversChanged { get; init; }

    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(this, observer);
        bool terminated;
        bool first;
        lock (_gate)
        {
            terminated = _terminated;
            first = _subscriptions.Length == 0;
            if (!terminated)
            {
                _subscriptions = [.. _subscriptions, subscription];
            }
        }

        if (terminated)
        {
            subscription.Terminate(_error);
        }
        else if (first)
        {
            ObserversChanged?.Invoke();
        }

        return subscription;
    }

    public void OnNext(T value) => Send(in value);

    /// <summary>As <see cref="OnNext"/>, with one copy of a large value for each observer and none on the way.</summary>
    public void Send(in T value)
    {
        foreach (var subscription in _subscriptions)
        {
            subscription.OnNext(in value);
        }
    }

    public void OnError(Exception error) => Terminate(error);

    public void OnCompleted() => Terminate(error: null);

    private void Terminate(Exception? error)
    {
        Subscription[] subscriptions;
        lock (_gate)
        {
            if (_terminated)
            {
                return;
            }

            _error = error;
            _terminated = true;
            subscriptions = _subscriptions;
            _subscriptions = [];
        }

        foreach (var subscription in subscriptions)
        {
            subscription.Terminate(error);
        }
    }

    private void Remove(Subscription subscription)
    {
        bool last;
        lock (_gate)
        {
            var index = Array.IndexOf(_subscriptions, subscription);
            if (index < 0)
            {
                return;
            }

            _subscriptions = [.. _subscriptions[..index], .. _subscriptions[(index + 1)..]];
            last = _subscriptions.Length == 0;
        }

        if (last)
        {
            ObserversChanged?.Invoke();
        }
    }

    private sealed class Subscription(Broadcaster<T> parent, IObserver<T> observer) : IDisposable
    {
        private volatile IObserver<T>? _observer = observer;

        public void OnNext(in T value)
        {
            var target = _observer;
            if (target is null)
            {
                return;
            }

            try
            {
                target.OnNext(value);
            }
            catch (Exception exception)
            {
                Dispose();
                parent.Report(exception);
            }
        }

        public void Terminate(Exception? error)
        {
            var target = Interlocked.Exchange(ref _observer, null);
            if (target is null)
            {
                return;
            }

            try
            {
                if (error is null)
                {
                    target.OnCompleted();
                }
                else
                {
                    target.OnError(error);
                }
            }
            catch (Exception exception)
            {
                parent.Report(exception);
            }
        }

        public void Dispose()
        {
            _observer = null;
            parent.Remove(this);
        }
    }

    private void Report(Exception exception) => subscriberFailed(exception);
}
