using System.Reactive.Concurrency;
using ReactiveLink.Diagnostics;

namespace ReactiveLink.Links;

/// <summary>Snapshots at a fixed interval, the first one on subscription. A subscription has its own timer, so there is none without subscribers.</summary>
internal sealed class StatisticsStream(Func<LinkStatistics> snapshot, TimeSpan interval, IScheduler scheduler, Action<Exception> subscriberFailed)
    : IObservable<LinkStatistics>
{
    /// <summary>Snapshots that wait for one slow observer; it misses the newest beyond that.</summary>
    private const int Capacity = 4;

    private readonly Lock _gate = new();
    private readonly HashSet<Subscription> _subscriptions = [];
    private bool _completed;

    public IDisposable Subscribe(IObserver<LinkStatistics> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(this);
        bool completed;
        lock (_gate)
        {
            completed = _completed;
            if (!completed)
            {
                _subscriptions.Add(subscription);
            }
        }

        subscription.Run(observer, completed);
        return subscription;
    }

    /// <summary>A last snapshot to everyone, then the end.</summary>
    public void Complete()
    {
        Subscription[] subscriptions;
        lock (_gate)
        {
            _completed = true;
            subscriptions = [.. _subscriptions];
            _subscriptions.Clear();
        }

        foreach (var subscription in subscriptions)
        {
            subscription.Complete();
        }
    }

    private void Remove(Subscription subscription)
    {
        lock (_gate)
        {
            _subscriptions.Remove(subscription);
        }
    }

    private sealed class Subscription(StatisticsStream parent) : IDisposable
    {
        private readonly SerializedHub<LinkStatistics> _hub = new(parent.Snapshot(), Capacity, parent.Report);
        private IDisposable? _observer;
        private IDisposable? _timer;
        private int _disposed;

        public void Run(IObserver<LinkStatistics> observer, bool completed)
        {
            if (completed)
            {
                _hub.Terminate(error: null);
            }

            Keep(ref _observer, _hub.Subscribe(observer));
            if (!completed && Volatile.Read(ref _disposed) == 0)
            {
                Keep(ref _timer, parent.Start(Tick));
            }
        }

        public void Complete()
        {
            _hub.OnNext(parent.Snapshot());
            _hub.Terminate(error: null);
            Dispose();
        }

        public void Dispose()
        {
            Interlocked.Exchange(ref _disposed, 1);
            Interlocked.Exchange(ref _observer, null)?.Dispose();
            Interlocked.Exchange(ref _timer, null)?.Dispose();
            parent.Remove(this);
        }

        private void Tick()
        {
            if (_hub.HasObservers)
            {
                _hub.OnNext(parent.Snapshot());
            }
            else
            {
                Dispose();
            }
        }

        /// <summary>Keeps a resource, or lets it go at once where the dispose came first.</summary>
        private void Keep(ref IDisposable? field, IDisposable resource)
        {
            Volatile.Write(ref field, resource);
            if (Volatile.Read(ref _disposed) != 0)
            {
                Interlocked.Exchange(ref field, null)?.Dispose();
            }
        }
    }

    private LinkStatistics Snapshot() => snapshot();

    private void Report(Exception exception) => subscriberFailed(exception);

    private IDisposable Start(Action tick) => scheduler.SchedulePeriodic(interval, tick);
}
