using System.Reactive.Concurrency;

namespace ReactiveLink.Hosting.Tests.Scheduling;

public sealed class SystemTimeSchedulerTests : SchedulerContract
{
    private protected override IScheduler Scheduler { get; } = TimeProvider.System.ToScheduler();

    /// <summary>It passes by itself; the tests wait for what they want.</summary>
    private protected override void Pass(TimeSpan time)
    {
    }
}
