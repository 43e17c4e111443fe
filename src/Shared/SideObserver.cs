namespace ReactiveLink.Shared;

/// <summary>
/// Who hears of what a stream left out, beside the stream. One that throws loses its own place and is not told again; the stream goes on. Compiled into each
/// package that needs it.
/// </summary>
/// <param name="observer">The observer, or null for nobody.</param>
internal sealed class SideObserver<T>(IObserver<T>? observer)
{
    private IObserver<T>? _observer = observer;

    public bool IsHearing => _observer is not null;

    public void OnNext(T value)
    {
        try
        {
            _observer?.OnNext(value);
        }
        catch (Exception)
        {
            _observer = null;
        }
    }
}
