using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveLink.Testing;

/// <summary>
/// Records a stream with its times, from any thread, and checks Rx's grammar meanwhile. On a virtual scheduler look at it after advancing; on a real one wait
/// for what it should see, with a deadline.
/// </summary>
/// <typeparam name="T">The items' type.</typeparam>
public sealed class RecordingObserver<T> : IObserver<T>, IDisposable
{
    private readonly Lock _gate = new();
    private readonly IScheduler _scheduler;
    private readonly int _capacity;
    private readonly List<RecordedNotification<T>> _notifications = [];
    private readonly SingleAssignmentDisposable _subscription = new();
    private TaskCompletionSource _changed = NewSignal();
    private readonly List<SynchronizationException> _violations = [];
    private long _missed;
    private int _inside;
    private bool _ended;

    /// <summary>Makes a recorder; to be subscribed by the test, or by <see cref="RecordingObserver.Record"/>.</summary>
    /// <param name="scheduler">The clock of the recorded times and of the deadlines, or null for the default scheduler.</param>
    /// <param name="capacity">How many notifications are kept; further ones are counted in <see cref="Missed"/>. At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is not positive.</exception>
    public RecordingObserver(IScheduler? scheduler = null, int capacity = 1_000_000)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _scheduler = scheduler ?? DefaultScheduler.Instance;
        _capacity = capacity;
    }

    /// <summary>Everything that came, in order; a copy.</summary>
    public IReadOnlyList<RecordedNotification<T>> Notifications
    {
        get
        {
            lock (_gate)
            {
                return _notifications.ToArray();
            }
        }
    }

    /// <summary>The items that came, in order; a copy.</summary>
    public IReadOnlyList<T> Values => Notifications.Where(n => n.Notification.Kind == NotificationKind.OnNext).Select(n => n.Notification.Value).ToArray();

    /// <summary>Whether OnCompleted came.</summary>
    public bool Completed => Notifications.Any(n => n.Notification.Kind == NotificationKind.OnCompleted);

    /// <summary>The exception of OnError, if it came.</summary>
    public Exception? Error => Notifications.FirstOrDefault(n => n.Notification?.Kind == NotificationKind.OnError).Notification?.Exception;

    /// <summary>The breaches of Rx's grammar, the first 100.</summary>
    public IReadOnlyList<SynchronizationException> Violations
    {
        get
        {
            lock (_gate)
            {
                return _violations.ToArray();
            }
        }
    }

    /// <summary>Notifications that were not kept.</summary>
    public long Missed => Interlocked.Read(ref _missed);

    /// <inheritdoc/>
    public void OnNext(T value) => Record(Notification.CreateOnNext(value));

    /// <inheritdoc/>
    public void OnError(Exception error) => Record(Notification.CreateOnError<T>(error));

    /// <inheritdoc/>
    public void OnCompleted() => Record(Notification.CreateOnCompleted<T>());

    /// <summary>Waits until a condition holds of what came. Not for virtual time, which nobody would advance.</summary>
    /// <param name="condition">Looks at a copy, under no lock; called again after each notification.</param>
    /// <param name="deadline">How long to wait at most.</param>
    /// <returns>Completes when it holds; fails with a <see cref="TimeoutException"/> that says what came instead.</returns>
    public async Task WaitForAsync(Func<RecordingObserver<T>, bool> condition, TimeSpan deadline)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var late = NewSignal();
        using var timer = _scheduler.Schedule(late, deadline, static (_, signal) =>
        {
            signal.TrySetResult();
            return Disposable.Empty;
        });
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                changed = _changed.Task;
            }

            if (condition(this))
            {
                return;
            }

            if (late.Task.IsCompleted)
            {
                throw new TimeoutException($"Not seen within {deadline}: the condition does not hold. {this}");
            }

            await Task.WhenAny(changed, late.Task).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for a number of items.</summary>
    /// <param name="count">How many at least.</param>
    /// <param name="deadline">How long to wait at most.</param>
    /// <returns>Completes then; fails with a <see cref="TimeoutException"/>.</returns>
    public Task WaitForCountAsync(int count, TimeSpan deadline) => WaitForAsync(recorder => recorder.Values.Count >= count, deadline);

    /// <summary>Waits for the end of the stream.</summary>
    /// <param name="deadline">How long to wait at most.</param>
    /// <returns>Completes then; fails with a <see cref="TimeoutException"/>.</returns>
    public Task WaitForEndAsync(TimeSpan deadline) => WaitForAsync(recorder => recorder.Completed || recorder.Error is not null, deadline);

    /// <summary>Throws if the stream broke Rx's grammar.</summary>
    /// <exception cref="TestAssertionException">It did; says how and from where.</exception>
    public void AssertGrammar()
    {
        if (Violations is [var first, ..])
        {
            throw new TestAssertionException(first.Message);
        }
    }

    /// <summary>Ends the subscription that <see cref="RecordingObserver.Record"/> made.</summary>
    public void Dispose() => _subscription.Dispose();

    /// <summary>What came, in a line.</summary>
    /// <returns>For a message.</returns>
    public override string ToString()
    {
        var notifications = Notifications;
        var last = string.Join(", ", notifications.TakeLast(5).Select(n => n.Notification));
        return FormattableString.Invariant($"{notifications.Count} notifications came, the last: {last}.");
    }

    internal void Subscribe(IObservable<T> source) => _subscription.Disposable = source.Subscribe(this);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Record(Notification<T> notification)
    {
        var me = Environment.CurrentManagedThreadId;
        var inside = Interlocked.CompareExchange(ref _inside, me, 0);
        var at = _scheduler.Now;
        TaskCompletionSource signal;
        lock (_gate)
        {
            if (_ended)
            {
                Violated(SynchronizationViolation.AfterTerminal, notification);
            }
            else if (inside != 0)
            {
                Violated(inside == me ? SynchronizationViolation.Reentrancy : SynchronizationViolation.Overlap, notification);
            }

            _ended |= notification.Kind != NotificationKind.OnNext;
            if (_notifications.Count < _capacity)
            {
                _notifications.Add(new RecordedNotification<T>(at, notification));
            }
            else
            {
                Interlocked.Increment(ref _missed);
            }

            signal = _changed;
            _changed = NewSignal();
        }

        signal.TrySetResult();
        if (inside == 0)
        {
            Volatile.Write(ref _inside, 0);
        }
    }

    private void Violated(SynchronizationViolation violation, Notification<T> notification)
    {
        if (_violations.Count < 100)
        {
            _violations.Add(new SynchronizationException(violation, notification.Kind.ToString(), Environment.StackTrace));
        }
    }
}
