using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace ReactiveLink.Reentrancy.Tests;

/// <summary>What a bench calls from each of its callbacks: the first time in the kind that is asked for, the operation is run there.</summary>
internal sealed class Hooks
{
    private readonly Callback _callback;
    private readonly bool _onAnotherThread;
    private int _calls;

    public Hooks(Callback callback, bool onAnotherThread)
    {
        _callback = callback;
        _onAnotherThread = onAnotherThread;
        Time = new HistoricalScheduler(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Scheduler = new HookedScheduler(Time, this);
    }

    public HistoricalScheduler Time { get; }

    public IScheduler Scheduler { get; }

    /// <summary>Where the source's values come from.</summary>
    public Subject<int> Input { get; } = new();

    public Action Operation { get; set; } = static () => { };

    public bool HasRun => _calls != 0;

    public Exception? Failure { get; private set; }

    /// <summary>Breaches of Rx's grammar.</summary>
    public List<string> Breaches { get; } = [];

    /// <summary>Whether the operation feeds the source from within its own notification, which breaks the source's grammar.</summary>
    public bool IsFeeding { get; set; }

    /// <summary>Whether the operator mends that for its observer. A side observer serves all subscriptions, and each serves it for itself.</summary>
    public bool IsSerializing { get; set; }

    /// <summary>Whether the bench is ready; what happens before is not in question.</summary>
    public bool IsArmed { get; set; }

    public void In(Callback callback)
    {
        if (callback != _callback || !IsArmed || Interlocked.Increment(ref _calls) != 1)
        {
            return;
        }

        try
        {
            if (!_onAnotherThread)
            {
                Run();
                return;
            }

            var thread = new Thread(Run) { IsBackground = true };
            thread.Start();
            if (!thread.Join(TimeSpan.FromSeconds(30)))
            {
                Failure = new TimeoutException("The other thread hangs, while the callback waits for it.");
            }
        }
        finally
        {
            IsArmed = false;
        }
    }

    public T In<T>(Callback callback, T result)
    {
        In(callback);
        return result;
    }

    /// <summary>A source of any type, from the input's numbers.</summary>
    public IObservable<T> Source<T>(Func<int, T> make) => Observable.Create<T>(observer =>
    {
        var subscription = Input.Select(make).Subscribe(observer);
        return () =>
        {
            subscription.Dispose();
            In(Callback.Unsubscription);
        };
    });

    public IObserver<T> Observer<T>(bool isSide = false) => new HookedObserver<T>(this, isSide);

    private void Run()
    {
        try
        {
            Operation();
        }
        catch (ObjectDisposedException)
        {
            // Documented everywhere for what was disposed.
        }
        catch (Exception exception)
        {
            Failure = exception;
        }
    }
}
