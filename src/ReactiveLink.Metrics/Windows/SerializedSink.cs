using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using ReactiveLink.Shared;

namespace ReactiveLink.Metrics.Windows;

/// <summary>
/// The base of window operators: the source and the timer, on whatever threads, are taken one at a time without a lock around anything that is not ours.
/// Whoever comes while another is at work leaves its notification and goes; the one at work takes it before it leaves.
/// </summary>
/// <remarks>
/// Time is monotonic: the scheduler's clock at the subscription plus its stopwatch, so that a clock that is set neither empties nor freezes windows.
/// </remarks>
internal abstract partial class SerializedSink<TIn, TOut> : IObserver<TIn>, IDisposable
{
    // System timers take 49 days at most, and count whole milliseconds.
    private static readonly long LongestWait = TimeSpan.FromDays(40).Ticks;
    private static readonly long ShortestWait = TimeSpan.FromMilliseconds(1).Ticks;

    private readonly IObserver<TOut> _observer;
    private readonly IScheduler _scheduler;
    private readonly IStopwatch _watch;
    private readonly SingleAssignmentDisposable _upstream = new();
    private readonly SerialDisposable _timer = new();
    private readonly Queue<(TIn Value, long Time)> _waiting = new();
    private readonly int _maximumWaiting;
    private readonly SideObserver<WindowDrop> _drops;
    private long _timerDue = long.MaxValue;
    private long _latest;
    private long _refused;
    private int _busy;
    private int _pending;
    private bool _ticked;
    private bool _ended;
    private Exception? _error;
    private bool _observerThrew;
    private volatile bool _stopped;

    protected SerializedSink(IObserver<TOut> observer, IScheduler scheduler, WindowOptions options)
    {
        _observer = observer;
        _scheduler = scheduler;
        Options = options;
        _maximumWaiting = options.MaximumQueued;
        _drops = new SideObserver<WindowDrop>(options.Drops);
        Subscribed = scheduler.Now.UtcTicks;
        _watch = scheduler.StartStopwatch();
        _latest = Subscribed;
    }

    /// <summary>When it was subscribed, in UTC ticks.</summary>
    protected long Subscribed { get; }

    protected WindowOptions Options { get; }

    protected bool IsStopped => _stopped;

    /// <summary>Subscribes to the source; the sink is the subscription.</summary>
    public IDisposable Run(IObservable<TIn> source)
    {
        // Until Start is through, a tick waits.
        TryEnter();
        Guard(static self => self.Start());
        LeaveToScheduler();
        if (_stopped)
        {
            return this;
        }

        try
        {
            _upstream.Disposable = source.Subscribe(this);
        }
        catch
        {
            // Nobody gets this subscription to dispose of.
            Dispose();
            throw;
        }

        return this;
    }

    public void OnNext(TIn value)
    {
        if (_stopped)
        {
            return;
        }

        if (TryEnter())
        {
            if (Volatile.Read(ref _pending) == 0)
            {
                Take(value);

                // No full fence here: whoever finds us at work and leaves something does a fence for both (see Signal).
                Volatile.Write(ref _busy, 0);
                if (Volatile.Read(ref _pending) != 0 && TryEnter())
                {
                    Drain();
                }

                return;
            }

            // What waits came before this value.
            Enqueue(value);
            Drain();
            return;
        }

        Enqueue(value);
        Signal();
    }

    public void OnError(Exception error)
    {
        _error = error;
        OnCompleted();
    }

    public void OnCompleted()
    {
        Volatile.Write(ref _ended, true);
        Signal();
    }

    public void Dispose()
    {
        _stopped = true;
        _upstream.Dispose();
        _timer.Dispose();
    }

    /// <summary>Called once, before anything else.</summary>
    protected abstract void Start();

    /// <summary>Takes a value that came at that time. May throw what a user's delegate throws.</summary>
    protected abstract void Accept(TIn value, long now);

    /// <summary>The time asked for has come.</summary>
    protected abstract void Tick(long now);

    /// <summary>The source has completed: what is left is told now.</summary>
    protected abstract void Finish(long now);

    protected void Emit(TOut result)
    {
        if (_stopped)
        {
            return;
        }

        try
        {
            _observer.OnNext(result);
        }
        catch
        {
            // Rx's grammar: the exception is the producer's; this subscription is over.
            _observerThrew = true;
            Dispose();
            throw;
        }
    }

    protected void Drop(WindowDropReason reason, long count)
    {
        if (!_stopped && _drops.IsHearing)
        {
            _drops.OnNext(new WindowDrop(reason, count, new DateTimeOffset(_latest, TimeSpan.Zero)));
        }
    }

    /// <summary>Asks for a tick at that time; the one timer there is.</summary>
    protected void WakeAt(long due)
    {
        if (_timerDue == due || _stopped)
        {
            return;
        }

        _timerDue = due;
        Arm(due, atLeast: 0);
    }

    /// <summary>Asks for no tick.</summary>
    protected void Sleep()
    {
        if (_timerDue != long.MaxValue)
        {
            _timerDue = long.MaxValue;
            _timer.Disposable = Disposable.Empty;
        }
    }

    private void Arm(long due, long atLeast)
    {
        long wait = Math.Clamp(due - Now(), atLeast, LongestWait);
        _timer.Disposable = _scheduler.Schedule(this, TimeSpan.FromTicks(wait), static (_, self) =>
        {
            Volatile.Write(ref self._ticked, true);
            self.Signal();
            return Disposable.Empty;
        });
    }

    private long Now() => Subscribed + _watch.Elapsed.Ticks;

    // The clock is the user's, too: what it throws is the stream's end, and does not reach the source.
    private void Take(TIn value)
    {
        try
        {
            Accept(value, _latest = Math.Max(_latest, Now()));
        }
        catch (Exception e) when (!_observerThrew)
        {
            Fail(e);
        }
    }

    private void Take(TIn value, long came)
    {
        try
        {
            // A queued value may be older than a tick that was taken before it: time does not go back.
            Accept(value, _latest = Math.Max(_latest, came));
        }
        catch (Exception e) when (!_observerThrew)
        {
            Fail(e);
        }
    }

    private void TakeTick()
    {
        long now = Now();
        if (now < _timerDue)
        {
            // A timer of coarse resolution came early, or another was set since. For the rest of a millisecond such a timer would not wait at all.
            if (_timerDue != long.MaxValue)
            {
                Arm(_timerDue, ShortestWait);
            }

            return;
        }

        _timerDue = long.MaxValue;
        _latest = Math.Max(_latest, now);
        Tick(_latest);
    }

    private void Guard(Action<SerializedSink<TIn, TOut>> action)
    {
        try
        {
            action(this);
        }
        catch (Exception e) when (!_observerThrew)
        {
            Fail(e);
        }
    }

    private void Fail(Exception error)
    {
        if (_stopped)
        {
            // Who disposed of the subscription hears of nothing any more.
            return;
        }

        Dispose();
        _observer.OnError(error);
    }

    private void End()
    {
        if (_error is { } error)
        {
            Fail(error);
            return;
        }

        Guard(static self =>
        {
            self._latest = Math.Max(self._latest, self.Now());
            self.Finish(self._latest);
        });
        if (!_stopped)
        {
            Dispose();
            _observer.OnCompleted();
        }
    }
}
