namespace ReactiveLink.Tests.Support;

/// <summary>Records a breach of Rx's grammar: overlapping notifications, or any after a terminal one.</summary>
internal sealed class GrammarObserver<T> : IObserver<T>
{
    private int _inside;
    private int _terminals;
    private int _breaches;
    private long _count;

    public int Breaches => Volatile.Read(ref _breaches);

    public int Terminals => Volatile.Read(ref _terminals);

    public long Count => Interlocked.Read(ref _count);

    public void OnNext(T value)
    {
        Enter();
        Interlocked.Increment(ref _count);
        Leave();
    }

    public void OnError(Exception error) => Terminate();

    public void OnCompleted() => Terminate();

    private void Terminate()
    {
        Enter();
        Interlocked.Increment(ref _terminals);
        Leave();
    }

    private void Enter()
    {
        if (Interlocked.Increment(ref _inside) != 1 || Volatile.Read(ref _terminals) != 0)
        {
            Interlocked.Increment(ref _breaches);
        }
    }

    private void Leave() => Interlocked.Decrement(ref _inside);
}
