using System.Reactive.Concurrency;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Hosting.Tests.Scheduling;

public sealed class SystemTimeSchedulerTests : SchedulerContract
{
    private protected override IScheduler Scheduler { get; } = TimeProvider.System.ToScheduler();

    [Fact]
    public async Task The_callers_context_does_not_go_along()
    {
        var soon = TimeSpan.FromMilliseconds(1);
        var local = new AsyncLocal<string?> { Value = "the caller's" };
        var seen = Enumerable.Range(0, 4).Select(_ => new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        using var now = Scheduler.Schedule(() => seen[0].SetResult(local.Value));
        using var relative = Scheduler.Schedule(soon, () => seen[1].SetResult(local.Value));
        using var absolute = Scheduler.Schedule(Scheduler.Now + soon, () => seen[2].SetResult(local.Value));
        using var periodic = Periodic().SchedulePeriodic(0, soon, state =>
        {
            seen[3].TrySetResult(local.Value);
            return state;
        });

        Assert.All(await Deadline.Within(Task.WhenAll(seen.Select(one => one.Task))), Assert.Null);
        Assert.Equal("the caller's", local.Value);
    }

    /// <summary>It passes by itself; the tests wait for what they want.</summary>
    private protected override void Pass(TimeSpan time)
    {
    }
}
