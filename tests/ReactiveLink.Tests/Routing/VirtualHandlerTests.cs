using System.Collections.Concurrent;
using Microsoft.Reactive.Testing;
using static ReactiveLink.Tests.Routing.HandlerBench;

namespace ReactiveLink.Tests.Routing;

/// <summary>Bounded handlers in virtual time: nothing runs on another thread.</summary>
public abstract class VirtualHandlerTests
{
    private protected TestScheduler Scheduler { get; } = new();

    private protected ConcurrentQueue<Fault> Faults { get; } = new();

    private protected List<(long Time, int Item)> Handled { get; } = [];

    private protected List<TaskCompletionSource> Started { get; } = [];

    private protected void Note(int item) => Handled.Add((Scheduler.Clock, item));

    private protected ValueTask Begin(int item, CancellationToken cancel)
    {
        Note(item);
        Started.Add(new TaskCompletionSource());
        return new ValueTask(Started[^1].Task);
    }

    private protected void Complete()
    {
        for (var i = 0; i < Started.Count; i++)
        {
            var task = Started[i];
            Inline(() => task.TrySetResult());
            Scheduler.AdvanceBy(10);
        }
    }
}
