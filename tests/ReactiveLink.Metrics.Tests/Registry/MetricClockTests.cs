using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Registry;

/// <summary>The registry's one timer, and times that are shared.</summary>
public sealed class MetricClockTests
{
    private readonly TestScheduler _time = new();

    [Fact]
    public void Bursts_leave_one_timer_behind_however_many_there_are()
    {
        var scheduler = new SteppedScheduler(_time);
        using (var registry = new MetricRegistry(new MetricRegistryOptions { Scheduler = scheduler, CleanUpInterval = TimeSpan.FromDays(1) }))
        {
            var counter = registry.GetOrAddCounter("c");
            for (var burst = 0; burst < 50; burst++)
            {
                for (var i = 0; i < 100; i++)
                {
                    counter.Add();
                }

                Assert.Equal(1, scheduler.Pending);
                _time.AdvanceBy(TimeSpan.FromMilliseconds(200).Ticks);
                Assert.False(registry.Clock.IsHurried);
                Assert.Equal(1, scheduler.Pending);
            }
        }

        Assert.Equal(0, scheduler.Pending);
    }

    [Fact]
    public void A_clean_up_interval_shorter_than_the_age_of_a_shared_time_keeps_its_turn()
    {
        using var registry = new MetricRegistry(new MetricRegistryOptions
        {
            Scheduler = _time,
            Retention = TimeSpan.FromMilliseconds(15),
            CleanUpInterval = TimeSpan.FromMilliseconds(10),
        });
        var counter = registry.GetOrAddCounter("c");
        for (var i = 0; i < 500; i++)
        {
            counter.Add();
        }

        _time.AdvanceBy(TimeSpan.FromMilliseconds(200).Ticks);

        var statistics = counter.GetStatistics();
        Assert.Equal((500L, 0, 500L), (statistics.Count, statistics.Held, statistics.Expired));
        Assert.False(registry.Clock.IsArmed);
    }
}
