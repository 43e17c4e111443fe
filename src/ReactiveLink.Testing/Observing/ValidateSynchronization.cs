using System.Reactive.Disposables;

namespace ReactiveLink.Testing;

/// <summary>Checks of Rx's grammar.</summary>
public static class ValidateSynchronizationObservable
{
    /// <summary>
    /// Passes a stream on and finds out when it breaks Rx's grammar. Append it to every stream of a concurrent test.
    /// <list type="table">
    /// <listheader><term>input</term><description>output</description></listheader>
    /// <item><term>a notification while none is being handled</term><description>the same</description></item>
    /// <item><term>one that overlaps another, or comes out of its handling</term><description>instead of it OnError with a
    /// <see cref="SynchronizationException"/>, as soon as the one in progress is through, and nothing more; with <paramref name="violated"/> that is called,
    /// and the notification passed on as it came</description></item>
    /// <item><term>one after a terminal notification</term><description>nobody may be told any more: the <see cref="SynchronizationException"/> is thrown to
    /// who called; with <paramref name="violated"/> that is called instead</description></item>
    /// <item><term>dispose</term><description>nothing more, and nothing is found any more</description></item>
    /// </list>
    /// The source is subscribed to raw: Rx's own operators hide what comes after a terminal notification.
    /// </summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="source">The stream.</param>
    /// <param name="violated">Gets every violation, on the thread of the offender, and under no lock. Default null.</param>
    /// <returns>The same stream.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    public static IObservable<T> ValidateSynchronization<T>(this IObservable<T> source, Action<SynchronizationException>? violated = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new ValidatedObservable<T>(source, violated);
    }
}

internal sealed class ValidatedObservable<T>(IObservable<T> source, Action<SynchronizationException>? violated) : IObservable<T>
{
    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var sink = new Sink(observer, violated);
        sink.Run(source);
        return sink;
    }

    private sealed class Sink(IObserver<T> observer, Action<SynchronizationException>? violated) : IObserver<T>, IDisposable
    {
        private readonly SingleAssignmentDisposable _source = new();
        private int _inside;
        private SynchronizationException? _failure;
        private volatile bool _terminated;
        private volatile bool _stopped;

        public void Run(IObservable<T> source) => _source.Disposable = source.Subscribe(this);

        public void OnNext(T value) => Handle(nameof(OnNext), static (target, item) => target.OnNext(item), value);

        public void OnError(Exception error) => Handle(nameof(OnError), static (target, exception) => target.OnError(exception), error);

        public void OnCompleted() => Handle(nameof(OnCompleted), static (target, _) => target.OnCompleted(), 0);

        public void Dispose()
        {
            _stopped = true;
            _source.Dispose();
        }

        private void Handle<TArgument>(string notification, Action<IObserver<T>, TArgument> pass, TArgument argument)
        {
            if (_stopped)
            {
                return;
            }

            var me = Environment.CurrentManagedThreadId;
            var inside = Interlocked.CompareExchange(ref _inside, me, 0);
            if (_terminated)
            {
                Leave(inside);
                Violated(SynchronizationViolation.AfterTerminal, notification);
            }
            else if (inside != 0)
            {
                Violated(inside == me ? SynchronizationViolation.Reentrancy : SynchronizationViolation.Overlap, notification);
                if (violated is not null && !_stopped)
                {
                    _terminated |= notification != nameof(OnNext);
                    pass(observer, argument);
                }
            }
            else
            {
                _terminated = notification != nameof(OnNext);
                try
                {
                    pass(observer, argument);
                }
                finally
                {
                    Leave(inside: 0);
                }
            }
        }

        private void Leave(int inside)
        {
            if (inside == 0)
            {
                Volatile.Write(ref _inside, 0);
                Interlocked.MemoryBarrier();
                TellFailure();
            }
        }

        private void Violated(SynchronizationViolation violation, string notification)
        {
            var exception = new SynchronizationException(violation, notification, Environment.StackTrace);
            if (violated is not null)
            {
                violated(exception);
                return;
            }

            if (violation == SynchronizationViolation.AfterTerminal)
            {
                throw exception;
            }

            // The one inside tells it when it leaves, or this one if it has left.
            Interlocked.CompareExchange(ref _failure, exception, null);
            TellFailure();
        }

        private void TellFailure()
        {
            if (Volatile.Read(ref _failure) is not { } failure || Interlocked.CompareExchange(ref _inside, Environment.CurrentManagedThreadId, 0) != 0)
            {
                return;
            }

            // The way in stays shut.
            if (_stopped || _terminated)
            {
                return;
            }

            _terminated = true;
            Dispose();
            observer.OnError(failure);
        }
    }
}
