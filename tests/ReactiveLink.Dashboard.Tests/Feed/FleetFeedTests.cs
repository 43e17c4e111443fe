using System.Globalization;
using Dashboard.Feed;
using Dashboard.Fleet;
using Dashboard.Server;
using Microsoft.Reactive.Testing;
using ReactiveLink.Testing;

namespace ReactiveLink.Dashboard.Tests.Feed;

/// <summary>The fleet and the feed in virtual time: a whole period.</summary>
public sealed class FleetFeedTests
{
    private readonly TestScheduler _scheduler = new();
    private readonly List<FeedUpdate> _updates = [];

    [Fact]
    public void Every_trouble_of_the_fleet_is_an_alert_that_fires_and_is_over()
    {
        using var run = Run(TimeSpan.FromSeconds(48));
        var alerts = run.Feed.Current.Alerts;

        Assert.Empty(alerts.Active);
        var told = alerts.Past.Reverse().Select(alert => $"{alert.Rule} {alert.Key} {alert.State}").ToArray();
        string[] expected =
        [
            "peer loss rover-2 Firing", "peer loss rover-2 Resolved", "peer silent drone-1 Firing", "peer silent drone-1 Resolved",
            "peer loss drone-1 Firing", "peer loss drone-1 Resolved", "slow transit drone-2 Firing", "slow transit drone-2 Resolved",
        ];
        foreach (var change in expected)
        {
            Assert.Contains(change, told);
        }

        Assert.True(Array.IndexOf(told, expected[0]) < Array.IndexOf(told, expected[1]));
        Assert.True(run.Feed.Current.Link!.Totals.Faults["crc-mismatch"] > 0);
    }

    [Fact]
    public void The_figures_are_those_of_the_link()
    {
        using var run = Run(TimeSpan.FromSeconds(10));
        var link = run.Fleet.Link;
        var now = link.GetStatistics();
        var current = run.Feed.Current;

        Assert.Equal(now.Ledger.Received, current.Link!.Totals.Received);
        Assert.Equal(now.Ledger.Delivered, current.Link.Totals.Delivered);
        Assert.Equal(now.Sequence.Lost, current.Link.Totals.Lost);
        Assert.Equal(Course.Vehicles.Select(vehicle => vehicle.Name).Order(), current.Peers.Rows.Select(row => row.Source).Order());
        Assert.All(current.Peers.Rows, row => Assert.True(row.RoundTrip > 20, row.ToString()));
        Assert.InRange(current.Points[^1].PerSecond, 200, 320);

        // Windows: the rate, and one of each vehicle, whose way takes at least 12 ms.
        Assert.Equal(7, current.Windows.Rows.Length);
        var drone = current.Windows.Rows.Single(row => row.Name == "Transit of drone-1");
        Assert.InRange(drone.P50!.Value, 12, 20);
        Assert.True(drone.P50 <= drone.P90 && drone.P90 <= drone.P95 && drone.P95 <= drone.P99 && drone.P99 <= drone.Max);
    }

    [Fact]
    public void The_same_seed_tells_the_same()
    {
        static string Text(LinkFeed feed) => string.Join('\n', feed.Current.Alerts.Past.Select(alert => alert.ToString()))
            + feed.Current.Link!.Totals.Lost.ToString(CultureInfo.InvariantCulture);
        using var first = Run(TimeSpan.FromSeconds(12));
        using var second = new FleetRun(new TestScheduler(), _ => { });
        second.Advance(TimeSpan.FromSeconds(12));

        Assert.Equal(Text(first.Feed), Text(second.Feed));
    }

    [Fact]
    public void What_a_browser_is_sent_is_bounded_in_a_second_and_in_an_event()
    {
        using var run = Run(TimeSpan.FromSeconds(20));

        Assert.Equal(80, _updates.Count);
        var seconds = _updates.Select((update, i) => (Second: i / 4, Block: EventBlock.Of(update))).GroupBy(tick => tick.Second);
        foreach (var second in seconds)
        {
            var events = second.SelectMany(tick => Enumerable.Range(0, EventBlock.Kinds).Select(kind => tick.Block[kind]?.Length ?? 0)).ToArray();
            Assert.InRange(events.Max(), 100, 64 * 1024);
            Assert.InRange(events.Sum(), 100, 256 * 1024);
        }
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-1800, true)]
    [InlineData(-7200, false)]
    [InlineData(7200, false)]
    [InlineData(1e300, false)]
    public async Task A_time_stamp_that_says_nothing_of_the_way_is_in_no_window(double secondsOff, bool isTold)
    {
        _scheduler.AdvanceTo(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks);
        using var network = new VirtualNetwork(_scheduler);
        var options = new FeedOptions();
        using var ground = UdpLink.Over(network.AddHost("ground", "10.0.0.1").Listen("*:9000"), new LinkOptions { StatisticsInterval = options.Tick });
        using var rover = UdpLink.Over(network.AddHost("rover", "10.0.0.2").Connect("ground:9000"));
        using var feed = new LinkFeed(ground, options, _scheduler);
        for (var i = 0; i < 50; i++)
        {
            var metadata = rover.CreateMetadata();
            await rover.SendAsync(metadata with { Timestamp = metadata.Timestamp + secondsOff }, "1"u8.ToArray());
            _scheduler.AdvanceBy(TimeSpan.FromMilliseconds(100).Ticks);
        }

        Assert.Equal(isTold, feed.Current.Windows.Rows.Any(row => row.Name.StartsWith("Transit", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(-3600, 9)]
    [InlineData(-1, 45)]
    [InlineData(3600, 49)]
    public void Points_stay_in_the_order_of_time_when_the_clock_is_set(double seconds, int points)
    {
        _scheduler.AdvanceTo(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks);
        using var network = new VirtualNetwork(_scheduler);
        var host = network.AddHost("ground", "10.0.0.1");
        var options = new FeedOptions();
        using var ground = UdpLink.Over(host.Listen("*:9000"), new LinkOptions { StatisticsInterval = options.Tick });
        using var feed = new LinkFeed(ground, options, _scheduler);
        _scheduler.AdvanceBy(TimeSpan.FromSeconds(10).Ticks);

        host.ClockOffset = TimeSpan.FromSeconds(seconds);
        _scheduler.AdvanceBy(TimeSpan.FromSeconds(2).Ticks);

        var times = feed.Current.Points.Select(point => point.At).ToArray();
        Assert.Equal(times.Distinct().Order(), times);
        Assert.InRange(times.Length, points - 1, points + 1);
    }

    private FleetRun Run(TimeSpan time)
    {
        var run = new FleetRun(_scheduler, _updates.Add);
        run.Advance(time);
        return run;
    }

    private sealed class FleetRun : IDisposable
    {
        private readonly TestScheduler _scheduler;
        private readonly IDisposable _subscription;

        public FleetRun(TestScheduler scheduler, Action<FeedUpdate> told)
        {
            _scheduler = scheduler;
            scheduler.AdvanceTo(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks);
            var options = new FeedOptions();
            Fleet = new FleetSimulation(scheduler, seed: 42, options.Tick);
            Feed = new LinkFeed(Fleet.Link, options, scheduler) { Failed = error => throw new InvalidOperationException("A part ended.", error) };
            _subscription = Feed.Updates.Subscribe(told);
            Fleet.Start();
        }

        public FleetSimulation Fleet { get; }

        public LinkFeed Feed { get; }

        public void Advance(TimeSpan time) => _scheduler.AdvanceBy(time.Ticks);

        public void Dispose()
        {
            _subscription.Dispose();
            Feed.Dispose();
            Fleet.Dispose();
        }
    }
}
