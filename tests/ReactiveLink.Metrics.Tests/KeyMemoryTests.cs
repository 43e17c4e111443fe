using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests;

/// <summary>What the documentation of keyed operators says that a key takes at most. What is allocated is an upper bound on what is held.</summary>
public sealed class KeyMemoryTests
{
    private const int Keys = 1000;

    public static TheoryData<AlertCondition, int, int> Alerts { get; } = new()
    {
        { AlertCondition.Above(1e9, 0), 500, 1 },
        { AlertCondition.Below(-1e9, 0), 500, 1 },
        { AlertCondition.OutsideBand(3, 1e9), 500, 1 },
        { AlertCondition.ZScore(3, 1e9), 500 + (100 * 24), 200 },
        { AlertCondition.RateOfChange(1e9, TimeSpan.FromTicks(1000)), 16_000, 1000 },
        { AlertCondition.PredictedCrossing(1e9, AlertDirection.Rising, TimeSpan.FromTicks(1000), TimeSpan.FromTicks(1000)), 16_000, 1000 },
    };

    [Theory]
    [MemberData(nameof(Alerts))]
    public void A_key_of_an_alert_takes_no_more_than_is_said(AlertCondition condition, int bytes, int values)
    {
        var scheduler = new TestScheduler();
        using var source = new Subject<int>();
        using var subscription = source.AlertWhenPerKey(x => x, x => x, condition, scheduler: scheduler).Subscribe(_ => { });
        long allocated = AllocatedBy(source, scheduler, values);
        Assert.InRange(allocated / Keys, 1, bytes);
    }

    [Theory]
    [InlineData(PercentileMode.None, 1, 1500 + 300)]
    [InlineData(PercentileMode.None, 100, 1500 + (100 * 300))]
    [InlineData(PercentileMode.Standard, 1, 2000 + 600)]
    [InlineData(PercentileMode.Standard, 100, 2000 + (100 * 600))]
    public void A_key_takes_no_more_than_is_said(PercentileMode percentiles, int panes, int bytes)
    {
        var scheduler = new TestScheduler();
        using var source = new Subject<int>();
        using var subscription = source.PerKey(
            x => x, x => x, TimeSpan.FromTicks(600), TimeSpan.FromTicks(1), options: new WindowOptions { Percentiles = percentiles, EmitEmpty = false }, scheduler: scheduler).Subscribe(_ => { });
        long allocated = AllocatedBy(source, scheduler, panes);
        Assert.InRange(allocated / Keys, 1, bytes);
    }

    private static long AllocatedBy(Subject<int> source, TestScheduler scheduler, int values)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < values; i++)
        {
            for (int key = 0; key < Keys; key++)
            {
                source.OnNext(key);
            }

            scheduler.AdvanceBy(1);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
