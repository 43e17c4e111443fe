using System.Collections.Concurrent;
using Microsoft.Reactive.Testing;
using ReactiveLink.Routing;
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

    /// <summary>A handler of which one runs and three items wait.</summary>
    /// <param name="tokens">The token of each that was started.</param>
    private protected BoundedHandler<int> MakeBusy(out IReadOnlyList<CancellationToken> tokens)
    {
        List<CancellationToken> given = [];
        var handler = Make<int>(
            (item, cancel) =>
            {
                given.Add(cancel);
                return Begin(item, cancel);
            },
            new() { Concurrency = 1 },
            Scheduler,
            Faults);
        for (var i = 0; i < 4; i++)
        {
            handler.Offer(i);
        }

        Scheduler.AdvanceTo(10);
        tokens = given;
        return handler;
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
