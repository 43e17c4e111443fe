using System.Globalization;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Text;
using ReactiveLink.Docs.Tests.Tutorial;
using ReactiveLink.Metrics;
using ReactiveLink.Testing;

namespace ReactiveLink.Docs.Tests;

/// <summary>The tutorial's five steps, in virtual time and on real sockets.</summary>
public sealed class TutorialTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);
    private static readonly UdpEndpoint Remote = new(System.Net.IPAddress.Loopback, 40000);

    [Fact]
    public async Task Step_1_shows_what_arrives()
    {
        var port = FreePort.Next();
        var line = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var printing = DeviceMonitor.Print(DeviceMonitor.Listen($"127.0.0.1:{port}"), text => line.TrySetResult(text));

        using var device = new System.Net.Sockets.UdpClient();
        await device.SendAsync(MonitorProcess.Datagram(7, 1, 20.5), "127.0.0.1", port);

        Assert.EndsWith(": 000700010802", await line.Task.WaitAsync(Deadline), StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_2_to_5_in_virtual_time()
    {
        var scheduler = new HistoricalScheduler(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var start = scheduler.Now;
        using var registry = new MetricRegistry(new MetricRegistryOptions { Scheduler = scheduler });
        using var datagrams = new Subject<Datagram>();
        var alerts = DeviceMonitor.Monitor(datagrams, registry, scheduler).Publish();
        using var gauges = DeviceMonitor.Expose(alerts, registry);
        using var history = alerts.Record(scheduler);
        using var running = alerts.Connect();

        // Ten readings a second. Device 7 is too hot from second 10 to 20; device 8 ends at second 15. Every 50th reading of 7 is lost, and one datagram is none of theirs.
        for (var step = 0; step < 300; step++)
        {
            scheduler.AdvanceTo(start + TimeSpan.FromMilliseconds(100 * step));
            if (step % 50 != 49)
            {
                Send(MonitorProcess.Datagram(7, (ushort)(65_500 + step), step is >= 100 and < 200 ? 85 : 60));
            }

            if (step < 150)
            {
                Send(MonitorProcess.Datagram(8, (ushort)step, 20));
            }
        }

        Send([1, 2, 3]);

        // The window's 95th percentile is too high in the window that ends at second 11, and no more in the one that begins at second 20.
        Assert.Equal(
            ["11 7 Inactive>Pending", "13 7 Pending>Firing", "22 8 Inactive>NoData", "25 7 Firing>Resolved"],
            history.Values.Select(change => string.Create(CultureInfo.InvariantCulture, $"{(change.At - start).TotalSeconds} {change.Key} {change.From}>{change.To}")));
        var text = new StringWriter();
        registry.WritePrometheus(text);
        var series = text.ToString().Split('\n');
        Assert.Contains("device_malformed_total 1", series);
        Assert.Contains("device_readings_lost_total 5", series);
        Assert.Contains("device_overheating{device=\"7\"} 0", series);
        Assert.Contains("device_silent{device=\"8\"} 1", series);
        Assert.Contains("device_celsius_p95{device=\"7\"} 60", series);

        // The page shows such a text: its families are these, in this order.
        var page = File.ReadAllLines(Path.Combine(SnippetTests.Root, "src", "ReactiveLink.Metrics", "TUTORIAL.md"));
        Assert.Equal(series.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)), page.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)));

        void Send(byte[] payload) => datagrams.OnNext(new Datagram(payload, Remote, scheduler.Now, scheduler.Now - start));
    }

    [Fact]
    public void Forged_devices_take_what_there_is_and_the_flow_goes_on()
    {
        var scheduler = new HistoricalScheduler(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var start = scheduler.Now;
        using var registry = new MetricRegistry(new MetricRegistryOptions { Scheduler = scheduler });
        using var datagrams = new Subject<Datagram>();
        using var history = DeviceMonitor.Monitor(datagrams, registry, scheduler).Record(scheduler);
        for (var step = 0; step < 10_000; step++)
        {
            scheduler.AdvanceTo(start + TimeSpan.FromMilliseconds(step));
            datagrams.OnNext(new Datagram(MonitorProcess.Datagram((ushort)(step % 10 == 0 ? 7 : 1000 + step), (ushort)(step / 10), 90), Remote, scheduler.Now, scheduler.Now - start));
        }

        Assert.Null(history.Error);
        Assert.False(history.Completed);
        Assert.Contains(history.Values, change => change is { Key: (ushort)7, To: AlertState.Firing });
        Assert.Equal(100, registry.Metrics.Length);
        Assert.NotEqual(0, registry.GetStatistics().RefusedExcess);
    }

    [Fact]
    public async Task All_steps_on_real_sockets()
    {
        await using var monitor = await MonitorProcess.StartAsync();
        using var http = new HttpClient { Timeout = Deadline };
        using var sending = Observable.Interval(TimeSpan.FromMilliseconds(50)).Subscribe(_ => monitor.Send(celsius: 91));

        await Observable.Interval(TimeSpan.FromMilliseconds(100))
            .Select(_ => Observable.FromAsync(() => http.GetStringAsync(monitor.Metrics)))
            .Concat()
            .FirstAsync(text => text.Contains("\ndevice_overheating{device=\"7\"} 1\n", StringComparison.Ordinal))
            .Timeout(Deadline);

        using var response = await http.GetAsync(monitor.Metrics);
        Assert.Equal(PrometheusText.ContentType, response.Content.Headers.ContentType!.ToString());
        Assert.Matches("\ndevice_celsius_p95{device=\"7\"} 9[01]", Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync()));
    }
}
