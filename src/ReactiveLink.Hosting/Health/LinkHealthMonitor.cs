using System.Reactive.Concurrency;

namespace ReactiveLink.Hosting.Health;

/// <summary>Watches a link's statistics: when it last delivered anything, and what it lost within the window. Any thread.</summary>
internal sealed class LinkHealthMonitor : IObserver<LinkStatistics>, IDisposable
{
    /// <summary>How many snapshots make up a window: more would only make it move more finely.</summary>
    private const int Panes = 60;

    private readonly Lock _gate = new();
    private readonly UdpLink _link;
    private readonly LinkHealthOptions _options;
    private readonly IStopwatch _clock;
    private readonly Queue<(TimeSpan At, SequenceStatistics Sequence)> _window = new(Panes + 2);
    private readonly IDisposable _subscription;
    private LinkStatistics _statistics;
    private TimeSpan _newest;
    private TimeSpan _freshAt;
    private int _sampling;

    public LinkHealthMonitor(UdpLink link, LinkHealthOptions options, IScheduler scheduler)
    {
        _link = link;
        _options = options;
        _clock = scheduler.StartStopwatch();
        _statistics = link.GetStatistics();
        _window.Enqueue((TimeSpan.Zero, _statistics.Sequence));
        _subscription = link.Statistics.Subscribe(this);
    }

    /// <summary>The link's own timer. The snapshot is not looked at: one that another thread took later might be known already.</summary>
    public void OnNext(LinkStatistics value) => Sample();

    public void OnError(Exception error)
    {
        // The state tells.
    }

    public void OnCompleted()
    {
        // The state tells.
    }

    public void Dispose() => _subscription.Dispose();

    public Reading Read()
    {
        Sample();
        var now = _clock.Elapsed;
        lock (_gate)
        {
            return new Reading(_statistics, now - _freshAt, _statistics.Ledger.Delivered > 0, _statistics.Sequence.LossSince(_window.Peek().Sequence));
        }
    }

    /// <summary>Takes a snapshot, unless another thread is just doing so: they would not know whose is the later one.</summary>
    private void Sample()
    {
        if (Interlocked.Exchange(ref _sampling, 1) != 0)
        {
            return;
        }

        try
        {
            Observe(_link.GetStatistics(), _clock.Elapsed);
        }
        finally
        {
            Volatile.Write(ref _sampling, 0);
        }
    }

    private void Observe(LinkStatistics statistics, TimeSpan now)
    {
        lock (_gate)
        {
            var wasReset = statistics.Ledger.Received < _statistics.Ledger.Received;
            if (statistics.Ledger.Delivered > (wasReset ? 0 : _statistics.Ledger.Delivered))
            {
                _freshAt = now;
            }

            if (wasReset)
            {
                // What was counted before says nothing of what is counted now.
                _window.Clear();
                _window.Enqueue((now, default));
                _newest = now;
            }

            _statistics = statistics;
            if (now - _newest >= _options.LossWindow / Panes)
            {
                _window.Enqueue((now, statistics.Sequence));
                _newest = now;
            }

            // The oldest that is kept is the youngest that is as old as the window.
            while (_window.Count > 1 && _window.ElementAt(1).At <= now - _options.LossWindow)
            {
                _window.Dequeue();
            }
        }
    }

    /// <param name="Statistics">A snapshot.</param>
    /// <param name="Silence">Since a datagram was last delivered, or the link opened.</param>
    /// <param name="HasDelivered">Whether one ever was, since the last reset.</param>
    /// <param name="Loss">What was expected and lost within the window.</param>
    internal readonly record struct Reading(LinkStatistics Statistics, TimeSpan Silence, bool HasDelivered, SequenceLoss Loss);
}
