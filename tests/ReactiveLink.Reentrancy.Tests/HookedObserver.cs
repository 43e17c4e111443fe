namespace ReactiveLink.Reentrancy.Tests;

/// <summary>Calls the hooks, and notes breaches of Rx's grammar.</summary>
internal sealed class HookedObserver<T>(Hooks hooks, bool isSide) : IObserver<T>
{
    private int _inside;
    private bool _ended;

    public void OnNext(T value) => Take(isSide ? Callback.SideStream : Callback.OnNext, ends: false);

    public void OnError(Exception error) => Take(isSide ? Callback.SideStream : Callback.OnError, ends: true);

    public void OnCompleted() => Take(isSide ? Callback.SideStream : Callback.OnCompleted, ends: true);

    private void Take(Callback callback, bool ends)
    {
        if (_ended)
        {
            Note($"{callback} after the end");
        }

        _ended |= ends;
        if (Interlocked.Increment(ref _inside) != 1 && !(hooks.IsFeeding && (isSide || !hooks.IsSerializing)))
        {
            Note($"{callback} within another notification");
        }

        hooks.In(callback);
        Interlocked.Decrement(ref _inside);
    }

    private void Note(string breach)
    {
        lock (hooks.Breaches)
        {
            hooks.Breaches.Add($"{typeof(T).Name}: {breach}");
        }
    }
}
