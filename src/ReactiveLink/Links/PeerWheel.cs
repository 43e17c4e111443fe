using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveLink.Links;

/// <summary>
/// The one timer of a link's peers, a wheel of <see cref="Spokes"/> spokes: at each tick it turns by one, and those who have places at that spoke are looked at. It turns
/// while somebody subscribes to the peers or heartbeats are on. Ticks are absolute: a slow observer delays none. A scheduler that throws stops it; then the end of the tick, a
/// datagram (at most ten times a second) or a new subscriber makes it turn again.
/// </summary>
internal sealed class PeerWheel : IObservable<PeerTransition>
{
    /// <summary>A turn of the wheel takes one heartbeat interval.</summary>
    public const int Spokes = 4;

    private readonly PeerLiveness _liveness;
    private readonly IScheduler _scheduler;
    private readonly long _tickTicks;
    private readonly Action<long>? _beat;
    private readonly Action<Exception> _failed;
    private readonly Lock _gate = new();

    // Not serial: a timer that fires at once arms the next one before its own is assigned, and that must not end the next.
    private readonly MultipleAssignmentDisposable _timer = new();
    private PeerSubscription[] _subscriptions = [];
    private volatile bool _turns;
    private bool _ended;
    private Exception? _error;
    private long _tick;

    /// <param name="liveness">The peers.</param>
    /// <param name="scheduler">Where the wheel turns.</param>
    /// <param name="interval">How long a turn takes.</param>
    /// <param name="beat">What heartbeats do at a tick, given its number; null without heartbeats. Must not throw.</param>
    /// <param name="failed">Takes what an observer, or the scheduler, throws.</param>
    public PeerWheel(PeerLiveness liveness, IScheduler scheduler, TimeSpan interval, Action<long>? beat, Action<Exception> failed)
    {
        _liveness = liveness;
        _scheduler = scheduler;
        _tickTicks = interval.Ticks / Spokes;
        _beat = beat;
        _failed = failed;
    }

    /// <summary>Lets heartbeats begin, or the wheel turn again that a scheduler stopped. Idempotent; takes no lock while it turns.</summary>
    public void Start()
    {
        if (!_turns && (_beat is not null || Volatile.Read(ref _subscriptions).Length > 0))
        {
            Turn();
        }
    }

    public IDisposable Subscribe(IObserver<PeerTransition> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new PeerSubscription(observer, _liveness, _scheduler, Remove, _failed);
        bool ended;
        lock (_gate)
        {
            ended = _ended;
            if (!ended)
            {
                _subscriptions = [.. _subscriptions, subscription];
            }
        }

        subscription.Begin();
        if (ended)
        {
            subscription.End(_error);
        }
        else
        {
            Turn();
        }

        return subscription;
    }

    /// <summary>Every stream ends; the timer too. Idempotent.</summary>
    public void End(Exception? error)
    {
        PeerSubscription[] subscriptions;
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            _ended = true;
            _error = error;
            subscriptions = _subscriptions;
            _subscriptions = [];
        }

        Stop();
        foreach (var subscription in subscriptions)
        {
            subscription.End(error);
        }
    }

    /// <summary>No tick begins any more.</summary>
    public void Stop() => _timer.Dispose();

    private void Remove(PeerSubscription subscription)
    {
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions.Where(other => other != subscription)];
        }
    }

    private void Turn()
    {
        lock (_gate)
        {
            if (_turns || _ended)
            {
                return;
            }

            _turns = true;
        }

        Arm();
    }

    private void Arm()
    {
        if (_timer.IsDisposed)
        {
            return;
        }

        var due = NextTick();
        try
        {
            _timer.Disposable = _scheduler.Schedule(this, due, static (_, self) =>
            {
                self.Tick();
                return Disposable.Empty;
            });
        }
        catch (Exception exception)
        {
            // A scheduler that was disposed, say; or for once.
            _turns = false;
            _failed(exception);
        }
    }

    /// <summary>How long until the next tick. A clock of the user's that throws, or that was set back, costs the wheel its place and not its turning.</summary>
    private TimeSpan NextTick()
    {
        try
        {
            var now = _liveness.Now;
            _tick = Math.Max(_tick, now / _tickTicks) + 1;

            // A timer that came early waits for more than one tick.
            return TimeSpan.FromTicks(Math.Min((_tick * _tickTicks) - now, 2 * _tickTicks));
        }
        catch (Exception exception)
        {
            _failed(exception);
            _tick++;
            return TimeSpan.FromTicks(_tickTicks);
        }
    }

    private void Tick()
    {
        if (_timer.IsDisposed)
        {
            return;
        }

        PeerSubscription[] subscriptions;
        lock (_gate)
        {
            subscriptions = _subscriptions;
            if (subscriptions.Length == 0 && _beat is null)
            {
                _turns = false;
                return;
            }
        }

        // First, for an observer may take its time; the next tick then serves the others.
        var tick = _tick;
        Arm();
        _beat?.Invoke(tick);
        foreach (var subscription in subscriptions)
        {
            subscription.Look(tick);
        }

        Start();
    }
}
