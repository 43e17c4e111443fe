using Real = System.Threading.CancellationTokenRegistration;

namespace ReactiveLink.Concurrency.Control;

/// <summary>Disposing waits for a callback under way: here in the controller, which lets the callback end.</summary>
internal readonly struct CancellationTokenRegistration(Real real) : IDisposable
{
    public static implicit operator CancellationTokenRegistration(Real real) => new(real);

    public void Dispose()
    {
        if (Interleave.Current is null)
        {
            real.Dispose();
            return;
        }

        var task = real.DisposeAsync();
        if (!task.IsCompleted)
        {
            Interleave.WaitUntil(() => task.IsCompleted, "for a cancellation callback", isExternal: true);
        }
    }
}
