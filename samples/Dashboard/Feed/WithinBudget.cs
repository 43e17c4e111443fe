using System.Reactive;
using System.Reactive.Disposables;

namespace Dashboard.Feed;

/// <summary>
/// The first items after each refill. It leaves its source when the budget is used up, and comes back with the next refill: a link does not decode messages that
/// nobody is subscribed to, so what is left out costs it nothing. While less comes than the budget it stays, and misses none.
/// <list type="table">
/// <listheader><term>input</term><description>output; subscription</description></listheader>
/// <item><term>an item within the budget</term><description>the item; with the last one of the budget the source is left</description></item>
/// <item><term>a refill</term><description>nothing; the budget is whole again, and the source is subscribed to unless it is</description></item>
/// <item><term>an error of either, completion of the refills or of the source</term><description>the same; the other is left</description></item>
/// </list>
/// </summary>
internal static class WithinBudgetObservable
{
    public static IObservable<T> WithinBudget<T>(this IObservable<T> source, int budget, IObservable<Unit> refills)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(budget);
        return System.Reactive.Linq.Observable.Create<T>(observer => new Sink<T>(source, budget, observer).Run(refills));
    }

    private sealed class Sink<T>(IObservable<T> source, int budget, IObserver<T> observer) : IObserver<T>
    {
        private readonly IObserver<T> _observer = Observer.Synchronize(observer, preventReentrancy: true);
        private readonly SerialDisposable _subscription = new();
        private int _left;
        private int _subscribed;

        public IDisposable Run(IObservable<Unit> refills) => StableCompositeDisposable.Create(
            _subscription, refills.Subscribe(_ => Refill(), OnError, OnCompleted));

        public void OnNext(T value)
        {
            var left = Interlocked.Decrement(ref _left);
            if (left >= 0)
            {
                _observer.OnNext(value);
            }

            if (left == 0)
            {
                _subscription.Disposable = Disposable.Empty;

                // A full fence, as in Refill: of the two, one sees what the other wrote.
                Interlocked.Exchange(ref _subscribed, 0);
                if (Volatile.Read(ref _left) > 0)
                {
                    // A refill came meanwhile, and saw a source that was not left yet.
                    Subscribe();
                }
            }
        }

        public void OnError(Exception error)
        {
            _observer.OnError(error);
            _subscription.Dispose();
        }

        public void OnCompleted()
        {
            _observer.OnCompleted();
            _subscription.Dispose();
        }

        private void Refill()
        {
            Interlocked.Exchange(ref _left, budget);
            Subscribe();
        }

        private void Subscribe()
        {
            if (Interlocked.Exchange(ref _subscribed, 1) == 0)
            {
                // Assigned before: a fast source may use up the budget on its own thread while it is still being subscribed to.
                var subscription = new SingleAssignmentDisposable();
                _subscription.Disposable = subscription;
                subscription.Disposable = source.Subscribe(this);
            }
        }
    }
}
