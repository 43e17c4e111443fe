using System.Reactive.Concurrency;

namespace ReactiveLink.Tool;

/// <summary>Waiting by a scheduler's time.</summary>
internal static class SchedulerWaiting
{
    /// <summary>Waits; a cancelled token ends the wait with an <see cref="OperationCanceledException"/>.</summary>
    public static async Task WaitAsync(this IScheduler scheduler, TimeSpan time, CancellationToken cancellationToken)
    {
        var due = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var timer = scheduler.Schedule(time, () => due.TrySetResult());
        await due.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
