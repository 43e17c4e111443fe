using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveLink.Metrics.Alerts;

/// <summary>
/// The work of every alert operator. The state belongs to whichever thread raised <c>_work</c> from zero; others leave what they bring in the inbox, raise it
/// further and go. The owner does all that there is before it lowers it to zero. So nobody is called under a lock, and the output is serialized.
/// </summary>
internal sealed partial class AlertSink<T, TKey>(IObserver<AlertTransition> observer, AlertRule<T, TKey> rule) : IObserver<T>, IDisposable, IAlertOutput
    where TKey : notnull
{
    private static readonly bool KeysMayBeNull = default(TKey) is null;

    private readonly ConcurrentQueue<T> _inbox = new();
    private readonly Dictionary<TKey, AlertMachine<T>>? _machines = rule.KeySelector is null ? null : [];
    private readonly DeadlineHeap<AlertMachine<T>> _waiting = new();
    private readonly IStopwatch _clock = rule.Scheduler.StartStopwatch();
    private readonly SerialDisposable _timer = new();
    private readonly SingleAssignmentDisposable _source = new();
    private AlertMachine<T>? _single;
    private long _timerDue = long.MaxValue;
    private long _refused;
    private long _overflown;
    private int _work = 1;
    private Exception? _error;
    private volatile bool _hasTicked;
    private volatile bool _isEnding;
    private volatile bool _stopped;

    /// <summary>Subscribes to the source. Returns this sink, the subscription.</summary>
    public IDisposable Run(IObservable<T> source)
    {
        if (_machines is null)
        {
            _single = rule.NewMachine(rule.Options.Key, Now());
            Await(_single);
            SetTimer(TimeSpan.Zero);
        }

        LeaveToScheduler();
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
            Process(value);
        }
        else
        {
            if (_inbox.Count < rule.Options.MaximumQueued)
            {
                _inbox.Enqueue(value);
            }
            else
            {
                Interlocked.Increment(ref _overflown);
            }

            if (Interlocked.Increment(ref _work) != 1)
            {
                return;
            }
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

    void IAlertOutput.Emit(object? key, AlertState from, AlertState to, double value, long since, long at, AlertReason reason)
    {
        if (_stopped)
        {
            return;
        }

        // Times are taken back from the clock as it is now, so that a step of the wall clock does not change how long something lasted.
        var zero = rule.Scheduler.Now - TimeSpan.FromTicks(Now());
        Tell(observer, new AlertTransition(rule.Name, key, from, to, value, zero + TimeSpan.FromTicks(since), zero + TimeSpan.FromTicks(at), reason));
    }

    private long Now() => _clock.Elapsed.Ticks;

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

    /// <summary>Does what there is until nothing is left. An exception stops the sink, which then never works again.</summary>
    private void WorkOff()
    {
        var seen = 1;
        do
        {
            while (!_stopped && _inbox.TryDequeue(out var item))
            {
                Process(item);
            }

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

            seen = Interlocked.Add(ref _work, -seen);
        }
        while (seen != 0);
    }

    private void Process(T item)
    {
        var now = Now();

        // What was due before the item comes first, though the timer may be late.
        StepAll(now - 1);
        AlertMachine<T>? machine;
        AlertReading reading = default;
        object? key = null;
        var isNew = false;
        var refusal = AlertRefusalReason.NotFinite;
        try
        {
            machine = _single ?? Find(item, now, ref isNew, ref key, ref refusal);
            if (machine is not null)
            {
                reading = machine.Read(item, now);
            }
        }
        catch (Exception error)
        {
            if (!_stopped)
            {
                _error = error;
                End();
            }

            return;
        }

        if (machine is null || reading.Level == AlertLevel.Refused)
        {
            Refuse(refusal, machine?.Key ?? key, 1);
            return;
        }

        if (isNew)
        {
            _machines!.Add((TKey)machine.Key!, machine);
        }

        machine.Take(reading, now, this);
        Await(machine);
        SetTimer(TimeSpan.Zero);
    }

    // A new key takes its place only with an item that is not refused: only then is there a time at which it is forgotten.
    private AlertMachine<T>? Find(T item, long now, ref bool isNew, ref object? refusedKey, ref AlertRefusalReason refusal)
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

        isNew = true;
        return rule.NewMachine(key, now);
    }

    private void Refuse(AlertRefusalReason reason, object? key, long count)
    {
        _refused += count;
        if (rule.Options.Refusals is { } refusals && !_stopped)
        {
            Tell(refusals, new AlertRefusal(rule.Name, reason, key, count, _refused, rule.Scheduler.Now));
        }
    }

    /// <summary>An observer that throws loses the subscription; its exception goes on to whoever called.</summary>
    private void Tell<TValue>(IObserver<TValue> to, TValue value)
    {
        try
        {
            to.OnNext(value);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private void End()
    {
        _stopped = true;
        try
        {
            if (_error is null)
            {
                observer.OnCompleted();
            }
            else
            {
                observer.OnError(_error);
            }
        }
        finally
        {
            Dispose();
        }
    }
}
