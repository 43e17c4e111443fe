using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using ReactiveLink.Routing;

namespace ReactiveLink.Tests.Routing;

/// <summary>A bounded handler under test, with the faults that it reported.</summary>
internal static class HandlerBench
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static BoundedHandler<T> Make<T>(
        Func<T, CancellationToken, ValueTask> handler, HandlerOptions<T> options, IScheduler scheduler, ConcurrentQueue<Fault> faults) =>
        new(handler, cancellable: true, options, "test", scheduler, faults.Enqueue);

    public static BoundedHandler<T> Make<T>(
        Action<T> handler, HandlerOptions<T> options, IScheduler scheduler, ConcurrentQueue<Fault> faults) =>
        new(HandlerAdapter.Of(handler), cancellable: false, options, "test", scheduler, faults.Enqueue);

    /// <summary>
    /// Completes a task whose continuation is to run at once, in virtual time: under xunit's own synchronization context it would go to the thread pool.
    /// </summary>
    public static void Inline(Action complete)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            complete();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>Waits, with a deadline, until something is so that is signalled by nothing.</summary>
    public static void Until(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, Deadline));

    public static void Join(params Thread[] threads)
    {
        Array.ForEach(threads, thread => thread.Start());
        Assert.All(threads, thread => Assert.True(thread.Join(Deadline)));
    }

    public static void AssertBalanced(RouteStatistics s)
    {
        Assert.Equal(s.Offered, s.Handled + s.Failed + s.TimedOut + s.Dropped + s.Pending + s.Running);
    }

    /// <summary>Keeps the largest value.</summary>
    public static void Raise(ref int most, int value)
    {
        int seen;
        while (value > (seen = Volatile.Read(ref most)) && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }
}
