namespace ReactiveLink.Hosting.Tests.Support;

/// <summary>A service of one scope, which can only be disposed asynchronously.</summary>
internal sealed class ScopeProbe : IAsyncDisposable
{
    private readonly Journal _journal;

    public ScopeProbe(Journal journal)
    {
        _journal = journal;
        journal.ScopeMade();
    }

    public bool IsDisposed { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await Task.Yield();
        IsDisposed = true;
        _journal.ScopeDisposed();
    }
}
