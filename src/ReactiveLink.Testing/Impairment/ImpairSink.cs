using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveLink.Testing;

/// <summary>
/// What is on its way waits in a heap by its time; what goes out, in the outbox, which whoever put something in drains, one thread at a time, under no lock.
/// </summary>
internal sealed partial class ImpairSink<T>(
    IObserver<T> observer,
    Impairment impairment,
    ulong seed,
    IScheduler scheduler,
    Func<T, SeededRandom, T>? corrupt,
    IObserver<ImpairmentEvent<T>>? log,
    int maximumInFlight) : IObserver<T>, IDisposable
{
    private readonly Lock _gate = new();
    private readonly FateStream _fates = new(seed);
    private readonly IStopwatch _watch = scheduler.StartStopwatch();
    private readonly PriorityQueue<Output, (long Due, long Order)> _travelling = new();
    private readonly Queue<Output> _outbox = new();
    private readonly SingleAssignmentDisposable _source = new();
    private readonly CompositeDisposable _timers = [];
    private IObserver<ImpairmentEvent<T>>? _log = log;
    private volatile bool _stopped;
    private long _order;
    private long _latest;
    private long _lastDue;
    private long _armed = long.MaxValue;
    private int _inFlight;
    private bool _completed;
    private int _pending;

    public void Run(IObservable<T> source) => _source.Disposable = source.Subscribe(this);

    public void OnNext(T value)
    {
        if (_stopped)
        {
            return;
        }

        long ordinal;
        bool lost;
        lock (_gate)
        {
            ordinal = _fates.Next(impairment.Loss, out lost);
        }

        Travel travel = default;
        if (!lost)
        {
            try
            {
                travel = _fates.Travel(ordinal, impairment);
                value = travel.Corrupted ? corrupt!(value, _fates.For(ordinal, Chance.CorruptedBits)) : value;
            }
            catch (Exception exception)
            {
                OnError(exception);
                return;
            }
        }

        var now = _watch.Elapsed.Ticks;
        long? due;
        lock (_gate)
        {
            TakeDue(now);
            Launch(value, ordinal, lost, travel, now);
            TakeDue(now);
            due = NextToArm();
        }

        Arm(due);
        Drain();
    }

    public void OnError(Exception error)
    {
        lock (_gate)
        {
            _travelling.Clear();
            _outbox.Clear();
            _outbox.Enqueue(new Output { Error = error, IsEnd = true });
        }

        Drain();
    }

    public void OnCompleted()
    {
        lock (_gate)
        {
            _completed = true;
            EndIfEmpty();
        }

        _source.Dispose();
        Drain();
    }

    public void Dispose()
    {
        _stopped = true;
        _source.Dispose();
        _timers.Dispose();
    }

    /// <summary>Under the lock.</summary>
    private void Launch(T value, long ordinal, bool lost, in Travel travel, long now)
    {
        if (lost)
        {
            Note(NetworkEventKind.Lost, ordinal, value);
            return;
        }

        if (travel.Corrupted)
        {
            Note(NetworkEventKind.Corrupted, ordinal, value);
        }

        var due = now + travel.Delay.Ticks;
        if (travel.HeldBack)
        {
            Note(NetworkEventKind.HeldBack, ordinal, value);
        }
        else
        {
            due = impairment.KeepOrder ? Math.Max(due, _lastDue) : due;
            _lastDue = Math.Max(due, _lastDue);
        }

        Send(value, ordinal, due, isCopy: false);
        if (travel.CopyDelay is { } delay)
        {
            Note(NetworkEventKind.Duplicated, ordinal, value);
            Send(value, ordinal, now + delay.Ticks, isCopy: true);
        }
    }

    private void Send(T value, long ordinal, long due, bool isCopy)
    {
        if (_inFlight >= maximumInFlight)
        {
            Note(NetworkEventKind.InFlightFull, ordinal, value);
            return;
        }

        _inFlight++;
        _travelling.Enqueue(new Output { Item = value, Ordinal = ordinal, IsCopy = isCopy }, (due, ++_order));
    }

    /// <summary>Under the lock: what has arrived goes to the outbox.</summary>
    private void TakeDue(long now)
    {
        while (_travelling.TryPeek(out var output, out var first) && first.Due <= now)
        {
            _travelling.Dequeue();
            Note(NetworkEventKind.Delivered, output.Ordinal, output.Item!);
            if (!output.IsCopy)
            {
                if (output.Ordinal < _latest)
                {
                    Note(NetworkEventKind.Reordered, output.Ordinal, output.Item!);
                }

                _latest = Math.Max(_latest, output.Ordinal);
            }

            _outbox.Enqueue(output);
        }

        EndIfEmpty();
    }

    private void EndIfEmpty()
    {
        if (_completed && _travelling.Count == 0)
        {
            _completed = false;
            _outbox.Enqueue(new Output { IsEnd = true });
        }
    }

    private void Note(NetworkEventKind kind, long ordinal, T item)
    {
        if (_log is not null)
        {
            _outbox.Enqueue(new Output { Kind = kind, Ordinal = ordinal, Item = item });
        }
    }

    private long? NextToArm() => _travelling.TryPeek(out _, out var first) && first.Due < _armed ? _armed = first.Due : null;

    private void Arm(long? due)
    {
        if (due is not { } at || _stopped)
        {
            return;
        }

        var timer = new SingleAssignmentDisposable();
        _timers.Add(timer);
        var wait = TimeSpan.FromTicks(Math.Max(0, at - _watch.Elapsed.Ticks));
        timer.Disposable = scheduler.Schedule((Sink: this, Timer: timer, At: at), wait, static (_, state) =>
        {
            state.Sink._timers.Remove(state.Timer);
            state.Sink.Tick(state.At);
            return Disposable.Empty;
        });
    }

    private void Tick(long at)
    {
        var now = _watch.Elapsed.Ticks;
        long? due;
        lock (_gate)
        {
            _armed = _armed == at ? long.MaxValue : _armed;
            TakeDue(now);
            due = NextToArm();
        }

        // Before anyone is called, who may block.
        Arm(due);
        Drain();
    }
}
