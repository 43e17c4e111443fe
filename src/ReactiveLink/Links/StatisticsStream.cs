using System.Reactive.Concurrency;
using System.Reactive.Disposables;
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
        private readonly IStopwatch _clock = parent.StartClock();

        // Not serial: a timer that fires at once arms the next one before its own is assigned, and that must not end the next.
        private readonly MultipleAssignmentDisposable _timer = new();
        private IDisposable? _observer;
        private long _ticks;
        private int _disposed;

        public void Run(IObserver<LinkStatistics> observer, bool completed)
        {
            if (completed)
            {
                _hub.Terminate(error: null);
            }

            Volatile.Write(ref _observer, _hub.Subscribe(observer));
            if (Volatile.Read(ref _disposed) != 0)
            {
                Interlocked.Exchange(ref _observer, null)?.Dispose();
            }
            else if (_hub.HasObservers)
            {
                Arm();
            }
        }

        /// <summary>The observer keeps its subscription: it may be busy on another thread, and then hears of the end only afterwards.</summary>
        public void Complete()
        {
            _timer.Dispose();
            Tell();
            _hub.Terminate(error: null);
        }

        public void Dispose()
        {
            Interlocked.Exchange(ref _disposed, 1);
            Interlocked.Exchange(ref _observer, null)?.Dispose();
            _timer.Dispose();
            parent.Remove(this);
        }

        /// <summary>
        /// Sets the timer to the next whole interval since the subscription. One tick at a time, and not a periodic timer: Rx's queues the ticks
        /// that an observer is too slow for, without a bound, and then makes up for all of them.
        /// </summary>
        private void Arm()
        {
            try
            {
                var elapsed = _clock.Elapsed.Ticks;
                _ticks = Math.Max(_ticks, elapsed / parent.Interval.Ticks) + 1;
                _timer.Disposable = parent.Schedule(this, TimeSpan.FromTicks((_ticks * parent.Interval.Ticks) - elapsed));
            }
            catch (Exception exception)
            {
                // A scheduler that was disposed, say. On its thread there is nobody who could take the exception.
                parent.Report(exception);
            }
        }

        public void Tick()
        {
            if (_timer.IsDisposed)
            {
                return;
            }

            if (!_hub.HasObservers)
            {
                // It threw, and lost its subscription.
                Dispose();
                return;
            }

            // First, for the observer may take its time.
            Arm();
            Tell();
        }

        private void Tell()
        {
            try
            {
                _hub.OnNext(parent.Snapshot());
            }
            catch (Exception exception)
            {
                // A transport of the user's that cannot say its figures. The timer's thread has nobody who could take the exception, and the end must come.
                parent.Report(exception);
            }
        }
    }

    private TimeSpan Interval => interval;

    private LinkStatistics Snapshot() => snapshot();

    private void Report(Exception exception) => subscriberFailed(exception);

    private IStopwatch StartClock() => scheduler.StartStopwatch();

    private IDisposable Schedule(Subscription subscription, TimeSpan due) => scheduler.Schedule(subscription, due, static (_, self) =>
    {
        self.Tick();
        return Disposable.Empty;
    });
}
