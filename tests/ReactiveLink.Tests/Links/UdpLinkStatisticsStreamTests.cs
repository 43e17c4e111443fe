using System.Reactive.Concurrency;
using Microsoft.Reactive.Testing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Links;

/// <summary>The stream of snapshots: its end, and observers that are slow or throw.</summary>
public sealed class UdpLinkStatisticsStreamTests
{
    [Fact]
    public async Task A_busy_statistics_observer_still_hears_of_the_end()
    {
        var transport = new FakeTransport(DefaultScheduler.Instance);
        var link = UdpLink.Over(transport, new LinkOptions { StatisticsInterval = TimeSpan.FromMilliseconds(1) });
        var inside = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var release = new ManualResetEventSlim();
        var completed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var count = 0;
        using var subscription = link.Statistics.Subscribe(
            _ =>
            {
                if (++count == 2)
                {
                    inside.TrySetResult();
                    release.Wait(Deadline.Time);
                }
            },
            completed.SetResult);

        await Deadline.Within(inside.Task);
        link.Dispose();
        release.Set();

        await Deadline.Within(completed.Task);
    }

    [Fact]
    public async Task Ticks_that_a_blocked_statistics_observer_misses_are_not_made_up_for()
    {
        var transport = new FakeTransport(DefaultScheduler.Instance);
        using var link = UdpLink.Over(transport, new LinkOptions { StatisticsInterval = TimeSpan.FromMilliseconds(1) });
        var blocked = System.Diagnostics.Stopwatch.StartNew();
        var burst = 0;
        var count = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = link.Statistics.Subscribe(now =>
        {
            if (++count == 2)
            {
                // Busy for 300 intervals, as seen by the clock that the ticks come from.
                blocked.Restart();
                while (blocked.ElapsedMilliseconds < 300)
                {
                    Thread.Yield();
                }

                blocked.Restart();
            }
            else if (count > 2)
            {
                burst += blocked.ElapsedMilliseconds < 20 ? 1 : 0;
                if (blocked.ElapsedMilliseconds >= 20)
                {
                    done.TrySetResult();
                }
            }
        });

        await Deadline.Within(done.Task);
        Assert.InRange(burst, 0, 60);
    }

    [Fact]
    public void A_statistics_observer_that_throws_is_reported_and_leaves_no_timer()
    {
        var scheduler = new TestScheduler();
        using var link = UdpLink.Over(new FakeTransport(scheduler));
        var calls = 0;
        using var subscription = link.Statistics.Subscribe(_ => throw new InvalidOperationException(calls++ + " calls"));

        scheduler.AdvanceBy(TimeSpan.FromSeconds(5).Ticks);

        Assert.Equal(1, calls);
        Assert.Equal(1, link.GetStatistics().CountOf(FaultReason.SubscriberFailed));
    }

    [Fact]
    public void A_transport_that_cannot_say_its_figures_is_reported_and_the_ticks_go_on()
    {
        var scheduler = new TestScheduler();
        var transport = new FakeTransport(scheduler);
        var link = UdpLink.Over(transport, new LinkOptions { StatisticsInterval = TimeSpan.FromSeconds(1) });
        var seen = new List<long>();
        var ended = false;
        using var subscription = link.Statistics.Subscribe(now => seen.Add(now.CountOf(FaultReason.SubscriberFailed)), () => ended = true);

        transport.StatisticsFail = true;
        scheduler.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        transport.StatisticsFail = false;
        scheduler.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        transport.StatisticsFail = true;
        link.Dispose();

        Assert.Equal([0L, 1], seen);
        Assert.True(ended);
    }

    [Fact]
    public void Ticks_stay_on_the_grid_of_the_interval()
    {
        var scheduler = new TestScheduler();
        using var link = UdpLink.Over(new FakeTransport(scheduler));
        var seen = new List<long>();
        using var subscription = link.Statistics.Subscribe(now =>
        {
            seen.Add(now.At.Ticks / TimeSpan.TicksPerMillisecond);
            if (seen.Count == 2)
            {
                scheduler.Sleep(TimeSpan.FromMilliseconds(2500).Ticks);
            }
        });

        scheduler.AdvanceBy(TimeSpan.FromSeconds(6).Ticks);

        // The tick at 2 s was due while the one of 1 s was busy, and comes late; those of the grid go on.
        Assert.Equal([0, 1000, 3500, 4000, 5000, 6000], seen);
    }
}
