using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveLink.Hosting.Scheduling;

/// <summary>Work that runs once unless it is disposed first; disposed, it disposes what the work returned.</summary>
internal sealed class ScheduledWork<TState>(IScheduler scheduler, TState state, Func<IScheduler, TState, IDisposable> action) : IThreadPoolWorkItem, IDisposable
{
    private readonly SingleAssignmentDisposable _result = new();

    public void Execute()
    {
        if (!_result.IsDisposed)
        {
            _result.Disposable = action(scheduler, state);
        }
    }

    public void Dispose() => _result.Dispose();
}
