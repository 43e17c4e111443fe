using System.Collections.Immutable;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using ReactiveLink.Diagnostics;

namespace ReactiveLink.Testing;

/// <summary>
/// The network's log. Events are added under the network's lock, in order, and told under none, on the scheduler, one thread at a time: a call that made
/// some never calls an observer itself.
/// </summary>
internal sealed class EventLog
{
    private const int MaximumFailures = 100;

    private readonly int _capacity;
    private readonly Queue<NetworkEvent> _waiting = new();
    private readonly long[] _counts = new long[Enum.GetValues<NetworkEventKind>().Length];
    private readonly Broadcaster<NetworkEvent> _stream;
    private readonly List<Exception> _failures = [];
    private long _missed;
    private int _pending;
    private bool _scheduled;
    private bool _ended;

    public EventLog(int capacity)
    {
        _capacity = capacity;
        _stream = new Broadcaster<NetworkEvent>(Failed);
    }

    public IObservable<NetworkEvent> Stream => _stream;

    public IReadOnlyList<Exception> Failures
    {
        get
        {
            lock (_waiting)
            {
                return _failures.ToArray();
            }
        }
    }

    /// <summary>Under the network's lock.</summary>
    public long Missed => _missed;

    /// <summary>Under the network's lock.</summary>
    public void Add(NetworkEvent happened)
    {
        _counts[(int)happened.Kind]++;
        if (!_stream.HasObservers)
        {
            return;
        }

        lock (_waiting)
        {
            if (_waiting.Count < _capacity)
            {
                _waiting.Enqueue(happened);
                return;
            }
        }

        _missed++;
    }

    /// <summary>Under the network's lock.</summary>
    public ImmutableSortedDictionary<NetworkEventKind, long> Counts() => Enum.GetValues<NetworkEventKind>()
        .Where(kind => _counts[(int)kind] != 0)
        .ToImmutableSortedDictionary(kind => kind, kind => _counts[(int)kind]);

    /// <summary>What waits is the last.</summary>
    public void End()
    {
        lock (_waiting)
        {
            _ended = true;
        }
    }

    /// <summary>Under no lock: has the scheduler tell what waits.</summary>
    public void DrainLater(IScheduler scheduler)
    {
        lock (_waiting)
        {
            if (_waiting.Count == 0 || _scheduled)
            {
                return;
            }

            _scheduled = true;
        }

        scheduler.Schedule(this, TimeSpan.Zero, static (_, log) =>
        {
            lock (log._waiting)
            {
                log._scheduled = false;
            }

            log.Drain();
            return Disposable.Empty;
        });
    }

    /// <summary>Under no lock, on the scheduler.</summary>
    public void Drain()
    {
        if (Interlocked.Increment(ref _pending) != 1)
        {
            // Whoever is at it, maybe further up on this stack, takes these too.
            return;
        }

        var seen = 1;
        do
        {
            while (TryNext(out var happened))
            {
                _stream.OnNext(happened!);
            }

            if (IsOver())
            {
                _stream.OnCompleted();
            }

            seen = Interlocked.Add(ref _pending, -seen);
        }
        while (seen != 0);
    }

    private bool TryNext(out NetworkEvent? happened)
    {
        lock (_waiting)
        {
            return _waiting.TryDequeue(out happened);
        }
    }

    private bool IsOver()
    {
        lock (_waiting)
        {
            return _ended && _waiting.Count == 0;
        }
    }

    private void Failed(Exception exception)
    {
        lock (_waiting)
        {
            if (_failures.Count < MaximumFailures)
            {
                _failures.Add(exception);
            }
        }
    }
}
