namespace ReactiveLink.Tests.Support;

/// <summary>Holds the next send of a transport until it is let go, so that what is sent meanwhile waits.</summary>
internal sealed class HeldSend : IDisposable
{
    private readonly SemaphoreSlim _entered = new(0);
    private readonly SemaphoreSlim _leave = new(0);

    public HeldSend(FakeTransport transport) => transport.OnSend = _ =>
    {
        transport.OnSend = null;
        _entered.Release();
        _leave.Wait(Deadline.Time);
    };

    /// <summary>Sends on another thread, and waits until that is held.</summary>
    /// <param name="send">The send.</param>
    /// <returns>What has been sent when it is let go.</returns>
    public async Task<Task> StartAsync(Func<ValueTask> send)
    {
        var sending = Task.Run(async () => await send());
        Assert.True(await _entered.WaitAsync(Deadline.Time));
        return sending;
    }

    public void Release() => _leave.Release();

    public void Dispose()
    {
        _entered.Dispose();
        _leave.Dispose();
    }
}
