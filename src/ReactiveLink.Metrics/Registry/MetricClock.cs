using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveLink.Metrics.Registry;

/// <summary>
/// The time of a registry, monotonic, and its one timer. Reading a clock costs several times what recording a value does; so values in quick succession share
/// one reading, and the timer bounds its age: each tick makes such readings void. The timer ticks fast while readings are shared, at the clean-up interval
/// while there are values, and else not at all. The scheduler and its stopwatch are never called under a lock.
/// </summary>
internal sealed class MetricClock
{
    /// <summary>The oldest that a shared reading gets.</summary>
    public static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(10);

    /// <summary>Fast ticks after the last shared reading: a steady recorder must not have to start the timer again and again.</summary>
    private const int Linger = 5;

    private readonly IScheduler _scheduler;
    private readonly IStopwatch _watch;
    private readonly DateTimeOffset _origin;
    private readonly Func<bool> _cleanUp;
    private readonly long _cleanUpTicks;
    private readonly Action<Exception> _failed;
    private readonly Lock _gate = new();
    private SingleAssignmentDisposable? _timer;
    private bool _disposed;
    private long _nextCleanUp = long.MaxValue;
    private long _due = long.MaxValue;
    private int _generation;
    private int _idle;
    private long _epoch;
    private volatile bool _armed;
    private volatile bool _hurried;
    private volatile bool _shared;

    /// <param name="scheduler">Time and timer.</param>
    /// <param name="cleanUpInterval">How often to clean up.</param>
    /// <param name="cleanUp">Lets go of old values and says whether any are left.</param>
    /// <param name="failed">Told of a scheduler that throws.</param>
    public MetricClock(IScheduler scheduler, TimeSpan cleanUpInterval, Func<bool> cleanUp, Action<Exception> failed)
    {
        _scheduler = scheduler;
        _watch = scheduler.StartStopwatch();
        _origin = scheduler.Now;
        _cleanUp = cleanUp;
        _cleanUpTicks = cleanUpInterval.Ticks;
        _failed = failed;
    }

    /// <summary>Ticks since the clock was made. It is the user's stopwatch that tells: hold no lock.</summary>
    public long Ticks => _watch.Elapsed.Ticks;

    /// <summary>Changes when shared readings become void; never negative.</summary>
    public long Epoch => Volatile.Read(ref _epoch);

    /// <summary>Whether the timer runs.</summary>
    public bool IsArmed => _armed;

    /// <summary>Whether the timer runs fast.</summary>
    public bool IsHurried => _hurried;

    public IScheduler Scheduler => _scheduler;

    /// <summary>
    /// The time of day of a tick: when the clock was made plus what has passed, so steps of the wall clock do not show. Held within the calendar: a virtual clock
    /// may start at its first day, and a window reach back before it.
    /// </summary>
    public DateTimeOffset ToTime(long ticks) =>
        ticks < DateTimeOffset.MinValue.UtcTicks - _origin.UtcTicks ? DateTimeOffset.MinValue : _origin.AddTicks(ticks);

    /// <summary>There are values: clean up in due course.</summary>
    public void Wake()
    {
        if (!_armed)
        {
            Arm(hurry: false);
        }
    }

    /// <summary>There are shared readings: tick fast.</summary>
    public void Hurry()
    {
        if (!_shared)
        {
            _shared = true;
        }

        if (!_hurried)
        {
            Arm(hurry: true);
        }
    }

    /// <summary>Makes shared readings void.</summary>
    public void Void() => Interlocked.Increment(ref _epoch);

    public void Dispose()
    {
        SingleAssignmentDisposable? timer;
        lock (_gate)
        {
            _disposed = true;
            timer = _timer;
        }

        timer?.Dispose();
    }

    private void Arm(bool hurry)
    {
        var now = Ticks;
        int generation;
        TimeSpan due;
        SingleAssignmentDisposable timer;
        SingleAssignmentDisposable? before;
        lock (_gate)
        {
            if (_disposed)
            {
                // No timer will: from now on each value has a time of its own.
                Void();
                return;
            }

            if (_nextCleanUp == long.MaxValue)
            {
                _nextCleanUp = now + _cleanUpTicks;
            }

            _hurried |= hurry;
            var next = _hurried ? Math.Min(_nextCleanUp, now + Resolution.Ticks) : _nextCleanUp;
            if (next >= _due)
            {
                return;
            }

            _due = next;
            _armed = true;
            generation = ++_generation;
            due = TimeSpan.FromTicks(Math.Max(0, next - now));
            before = _timer;
            _timer = timer = new SingleAssignmentDisposable();
        }

        try
        {
            // It may be due long after this one.
            before?.Dispose();
            timer.Disposable = _scheduler.Schedule((Clock: this, generation), due, static (_, state) =>
            {
                state.Clock.Tick(state.generation);
                return Disposable.Empty;
            });
        }
        catch (Exception exception)
        {
            // A scheduler that was disposed, say. Recording goes on, each value with a time of its own; windows leave out old values all the same.
            Stop(generation);
            _failed(exception);
        }
    }

    private void Stop(int generation)
    {
        lock (_gate)
        {
            if (generation == _generation)
            {
                _due = long.MaxValue;
                _armed = false;
                _hurried = false;
            }
        }

        Void();
    }

    private void Tick(int generation)
    {
        var now = Ticks;
        bool cleanUp;
        lock (_gate)
        {
            if (generation != _generation || _disposed)
            {
                return;
            }

            _due = long.MaxValue;
            _armed = false;
            _idle = _shared ? 0 : _idle + 1;
            _shared = false;
            _hurried = _hurried && _idle < Linger;
            cleanUp = now >= _nextCleanUp;
            if (cleanUp)
            {
                _nextCleanUp = long.MaxValue;
            }
        }

        // Only now: who shares a reading of this epoch sees that the timer no longer runs fast, and starts it.
        Void();
        var left = !cleanUp || _cleanUp();
        if (left || _hurried)
        {
            Arm(hurry: false);
        }
    }
}
