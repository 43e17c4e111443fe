using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using ReactiveLink.Shared;

namespace ReactiveLink.Metrics.Alerts;

/// <summary>
/// The work of every alert operator. The state belongs to whichever thread raised <c>_work</c> from zero; others leave what they bring in the inbox, raise it
/// further and go. The owner does all that there is before it lowers it to zero. So nobody is called under a lock, and the output is serialized.
/// </summary>
internal sealed partial class AlertSink<T, TKey>(IObserver<AlertTransition> observer, AlertRule<T, TKey> rule) : IObserver<T>, IDisposable, IAlertOutput
    where TKey : notnull
{
    private static readonly bool KeysMayBeNull = default(TKey) is null;

    private readonly ConcurrentQueue<(T Item, long Came)> _inbox = new();
    private readonly SideObserver<AlertRefusal> _refusals = new(rule.Options.Refusals);
    private readonly Dictionary<TKey, AlertMachine<T>>? _machines = rule.KeySelector is null ? null : [];
    private readonly DeadlineHeap<AlertMachine<T>> _waiting = new();
    private readonly IStopwatch _clock = rule.Scheduler.StartStopwatch();
    private readonly SerialDisposable _timer = new();
    private readonly SingleAssignmentDisposable _source = new();
    private AlertMachine<T>? _single;
    private long _timerDue = long.MaxValue;
    private long _latest;
    private long _refused;
    private long _overflown;
    private int _work = 1;
    private Exception? _error;
    private volatile bool _hasTicked;
    private volatile bool _isEnding;
    private volatile bool _stopped;
    private bool _hasObserverThrown;

    /// <summary>Subscribes to the source. Returns this sink, the subscription.</summary>
    public IDisposable Run(IObservable<T> source)
    {
        try
        {
            if (_machines is null)
            {
                _single = rule.NewMachine(rule.Options.Key, Now());
                Await(_single);
                SetTimer(TimeSpan.Zero);
            }

            LeaveToScheduler();
        }
        catch (Exception error) when (!_hasObserverThrown)
        {
            Fail(error);
        }

        if (_stopped)
        {
            return this;
        }

        try
        {
            _source.Disposable = source.Subscribe(this);
        }
        catch
        {
            // Nobody has the subscription, so nobody else could stop the timer.
            Dispose();
            throw;
        }

        return this;
    }

    public void OnNext(T value)
    {
        if (_stopped)
        {
            return;
        }

        if (Interlocked.CompareExchange(ref _work, 1, 0) == 0)
        {
            try
            {
                Process(value, Now());
            }
            catch (Exception error) when (!_hasObserverThrown)
            {
                Fail(error);
            }
        }
        else if (!Leave(value))
        {
            return;
        }

        WorkOff();
    }

    public void OnError(Exception error)
    {
        _error = error;
        OnCompleted();
    }

    public void OnCompleted()
    {
        _isEnding = true;
        if (Interlocked.Increment(ref _work) == 1)
        {
            WorkOff();
        }
    }

    public void Dispose()
    {
        _stopped = true;
        _source.Dispose();
        _timer.Dispose();
    }

    private long Now() => _clock.Elapsed.Ticks;

    /// <summary>Leaves an item to whoever is at work.</summary>
    /// <returns>Whether nobody is any more, so that the caller has to see to it.</returns>
    private bool Leave(T item)
    {
        try
        {
            if (_inbox.Count < rule.Options.MaximumQueued)
            {
                _inbox.Enqueue((item, Now()));
            }
            else
            {
                Interlocked.Increment(ref _overflown);
            }
        }
        catch (Exception error)
        {
            // The scheduler's clock threw.
            _error = error;
            _isEnding = true;
        }

        return Interlocked.Increment(ref _work) == 1;
    }

    /// <summary>
    /// Ends the subscribing. What came meanwhile is done where the scheduler does things: an observer that waits for what the subscribing thread does next would
    /// otherwise wait within its own call of Subscribe.
    /// </summary>
    private void LeaveToScheduler()
    {
        if (Interlocked.CompareExchange(ref _work, 0, 1) != 1 && !_stopped)
        {
            rule.Scheduler.Schedule(this, static (_, sink) =>
            {
                sink.WorkOff();
                return Disposable.Empty;
            });
        }
    }

    /// <summary>
    /// Does what there is until nothing is left. A delegate or a scheduler that throws ends the stream. An observer that throws has stopped the sink, which then never
    /// works again; its exception goes on.
    /// </summary>
    private void WorkOff()
    {
        var seen = 1;
        do
        {
            try
            {
                Work();
            }
            catch (Exception error) when (!_hasObserverThrown)
            {
                Fail(error);
            }

            seen = Interlocked.Add(ref _work, -seen);
        }
        while (seen != 0);
    }

    private void Work()
    {
        WorkOffInbox();
        if (Volatile.Read(ref _overflown) != 0)
        {
            Refuse(AlertRefusalReason.QueueFull, null, Interlocked.Exchange(ref _overflown, 0));
        }

        if (_hasTicked && !_stopped)
        {
            _hasTicked = false;
            Tick();
        }

        if (_isEnding && _inbox.IsEmpty && !_stopped)
        {
            End();
        }
    }

    private void WorkOffInbox()
    {
        while (!_stopped && _inbox.TryDequeue(out var left))
        {
            Process(left.Item, left.Came);
        }
    }

    /// <summary>An item is judged by the time at which it came, however long it waited: a slow observer must not make a silence of what was data.</summary>
    private void Process(T item, long now)
    {
        now = _latest = Math.Max(_latest, now);

        // What was due before the item comes first, though the timer may be late.
        StepAll(now - 1);
        if (_stopped)
        {
            return;
        }

        object? key = null;
        var refusal = AlertRefusalReason.NotFinite;
        var machine = _single ?? Find(item, now, ref key, ref refusal);
        var reading = machine?.Read(item, now) ?? default;
        if (machine is null || reading.Level == AlertLevel.Refused)
        {
            Refuse(refusal, machine?.Key ?? key, 1);
        }
        else
        {
            machine.Take(reading, now, this);
        }

        // A key that brings no value has a deadline as well: else it would never be forgotten.
        if (machine is not null)
        {
            Await(machine);
            SetTimer(TimeSpan.Zero);
        }
    }

    private AlertMachine<T>? Find(T item, long now, ref object? refusedKey, ref AlertRefusalReason refusal)
    {
        var key = rule.KeySelector!(item);
        if (KeysMayBeNull && key is null)
        {
            refusal = AlertRefusalReason.NoKey;
            return null;
        }

        if (_machines!.TryGetValue(key, out var machine))
        {
            return machine;
        }

        if (_machines.Count >= rule.Options.MaximumKeys)
        {
            // Boxed only if somebody hears of it: forged keys cost nothing.
            refusedKey = rule.Options.Refusals is null ? null : key;
            refusal = AlertRefusalReason.TooManyKeys;
            return null;
        }

        machine = rule.NewMachine(key, now);
        _machines.Add(key, machine);
        return machine;
    }
}
