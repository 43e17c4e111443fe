namespace ReactiveLink.Links;

/// <summary>Passes subscriptions on and begins to receive after the first.</summary>
internal sealed class StartingObservable<T>(IObservable<T> source, Action start) : IObservable<T>
{
    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = source.Subscribe(observer);
        start();
        return subscription;
    }
}
