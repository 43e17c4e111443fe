using System.Collections.Concurrent;

namespace ReactiveLink.Hosting.Tests.Support;

/// <summary>What the handlers of a host did.</summary>
internal sealed class Journal
{
    private int _scopesMade;
    private int _scopesDisposed;

    public ConcurrentQueue<string> Handled { get; } = new();

    /// <summary>Handlers wait for it, where they wait at all.</summary>
    public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource FirstRuns { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int ScopesMade => Volatile.Read(ref _scopesMade);

    public int ScopesDisposed => Volatile.Read(ref _scopesDisposed);

    public void ScopeMade() => Interlocked.Increment(ref _scopesMade);

    public void ScopeDisposed() => Interlocked.Increment(ref _scopesDisposed);
}
