using System.Globalization;
using System.Reactive;
using Microsoft.Reactive.Testing;
using WindowedMetrics;

namespace ReactiveLink.Samples.Tests;

public sealed class WindowedMetricsTests
{
    [Fact]
    public async Task The_alert_fires_and_is_resolved_on_a_real_socket()
    {
        var output = await Sample.AssertDemoAsync("WindowedMetrics", "The alert fired and was resolved, and the silence was told as one.");

        Assert.Contains("ALERT  leaning  rover-2  Pending -> Firing  p95 40", output, StringComparison.Ordinal);
        Assert.Contains("ALERT  leaning  rover-2  Firing -> Resolved", output, StringComparison.Ordinal);
        Assert.Contains("ALERT  leaning  rover-3  Inactive -> NoData", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_flow_runs_in_virtual_time_to_the_tick()
    {
        var scheduler = new TestScheduler();
        var start = TimeSpan.FromHours(1).Ticks;
        List<Recorded<Notification<Reading>>> messages = [];
        for (var step = 0; step < Course.Seconds * Course.Rate; step++)
        {
            var seconds = step / (double)Course.Rate;
            foreach (var vehicle in Course.Vehicles)
            {
                if (Course.RollAt(vehicle, seconds) is { } roll)
                {
                    messages.Add(ReactiveTest.OnNext(start + (step * TimeSpan.TicksPerSecond / Course.Rate), new Reading(vehicle, roll)));
                }
            }
        }

        var windows = 0;
        var source = scheduler.CreateHotObservable([.. messages]);
        var result = scheduler.Start(
            () => Flow.Alerts(source, scheduler, _ => windows++), created: 0, subscribed: start - 1, disposed: start + TimeSpan.FromSeconds(Course.Seconds).Ticks);

        // Windows of 1 s end every 0.25 s. rover-2 leans in [2, 4.5): the first window with enough of it ends at 2.25, the first without any at 5.5.
        // rover-3 is silent in [3, 6): its last window that holds a reading ends at 3.75, the next at 6.25.
        Assert.Equal(
            [
                "2.25 rover-2 Inactive>Pending", "2.75 rover-2 Pending>Firing", "4.75 rover-3 Inactive>NoData",
                "6 rover-2 Firing>Resolved", "6.25 rover-3 NoData>Inactive",
            ],
            result.Messages.Select(message => message.Value.Value).Select(change => string.Create(
                CultureInfo.InvariantCulture, $"{TimeSpan.FromTicks(change.At.Ticks - start).TotalSeconds} {change.Key} {change.From}>{change.To}")));
        Assert.Equal([(start - 1, start + TimeSpan.FromSeconds(Course.Seconds).Ticks)], source.Subscriptions.Select(s => (s.Subscribe, s.Unsubscribe)));
        Assert.InRange(windows, 80, 96);
    }
}
