using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using ReactiveLink.Metrics;
using ReactiveLink.Testing;

namespace ReactiveLink.Docs.Tests;

/// <summary>The examples of the testing package, run in virtual time.</summary>
public sealed class TestingSnippets
{
    [Fact]
    public void From_zero()
    {
        #region testing-network
        var scheduler = new HistoricalScheduler(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var network = new VirtualNetwork(scheduler, seed: 1)
        {
            Conditions = new PathConditions { Latency = TimeSpan.FromMilliseconds(20) },
        };
        var droneHost = network.AddHost("drone", "10.0.0.1");
        var groundHost = network.AddHost("ground", "10.0.0.2");
        #endregion

        #region testing-links
        var ground = UdpLink.Over(groundHost.Listen("*:9000"));
        var drone = UdpLink.Over(droneHost.Connect("ground:9000"));

        using var received = ground.Messages.DataAs<Attitude>().Record(scheduler);
        using var sending = Observable.Interval(TimeSpan.FromMilliseconds(10), scheduler)
            .Take(100)
            .Subscribe(n => drone.SendAsync(new Attitude(Roll: n)).GetAwaiter().GetResult());

        scheduler.AdvanceBy(TimeSpan.FromSeconds(2));   // nobody waits: two seconds pass in a moment
        Assert.Equal(100, received.Values.Count);
        Assert.Equal(TimeSpan.FromMilliseconds(30), received.Notifications[0].At - network.Start);
        #endregion

        #region testing-loss
        network.Path("drone", "ground").Conditions = new PathConditions
        {
            Latency = TimeSpan.FromMilliseconds(20),
            Jitter = Distribution.Exponential(TimeSpan.FromMilliseconds(2)),
            Loss = LossModel.Burst(enter: 0.02, leave: 0.25),   // bursts of 4 on average
            Corruption = 0.02,
        };
        using var log = network.Events.Record(scheduler);
        using var more = Observable.Interval(TimeSpan.FromMilliseconds(10), scheduler)
            .Take(500)
            .Subscribe(n => drone.SendAsync(new Attitude(Roll: n)).GetAwaiter().GetResult());
        scheduler.AdvanceBy(TimeSpan.FromSeconds(6));
        #endregion

        #region testing-oracle
        var corrupted = log.Values.Count(e => e.Kind == NetworkEventKind.Corrupted);
        var lost = log.Values.Count(e => e.Kind == NetworkEventKind.Lost);
        var statistics = ground.GetStatistics();

        Assert.Equal(corrupted, statistics.CountOf(FaultReason.CrcMismatch));
        Assert.Equal(lost + corrupted, statistics.Sequence.Lost);      // a bad frame's number is never seen
        LedgerAssert.Balances(statistics);                            // received = delivered + the sum of the drops
        LedgerAssert.Balances(network.GetStatistics());
        #endregion

        Assert.True(lost > 10 && corrupted > 2);

        #region testing-alert
        network.Path("drone", "ground").Conditions = new PathConditions();   // no more harm than what follows
        using var alerts = ground.Messages
            .WhenAbsent(timeout: TimeSpan.FromSeconds(3), scheduler: scheduler)
            .Record(scheduler);
        using var beat = Observable.Interval(TimeSpan.FromSeconds(1), scheduler)
            .Subscribe(n => drone.SendAsync(new Attitude(Roll: n)).GetAwaiter().GetResult());

        scheduler.AdvanceBy(TimeSpan.FromHours(1));
        network.Path("drone", "ground").IsDown = true;    // a cable is pulled, one way
        scheduler.AdvanceBy(TimeSpan.FromMinutes(1));
        network.Path("drone", "ground").IsDown = false;
        scheduler.AdvanceBy(TimeSpan.FromMinutes(1));

        Assert.Equal([AlertState.Firing, AlertState.Resolved], alerts.Values.Select(alert => alert.To));
        #endregion

        Assert.True(alerts.Values[0].At > network.Start + TimeSpan.FromHours(1));
    }

    [Fact]
    public void Impair()
    {
        var scheduler = new HistoricalScheduler();
        using var positions = new Subject<int>();
        using var shown = new Subject<int>();

        #region testing-impair
        using var screen = positions
            .Impair(new Impairment { Loss = LossModel.EveryNth(3), Duplication = 0.1, Latency = TimeSpan.FromMilliseconds(50) }, seed: 7, scheduler)
            .ValidateSynchronization()
            .Subscribe(shown);
        #endregion

        using var recorder = shown.Record(scheduler);
        Enumerable.Range(1, 30).ToList().ForEach(positions.OnNext);
        scheduler.AdvanceBy(TimeSpan.FromSeconds(1));
        Assert.Equal(20, recorder.Values.Distinct().Count());
    }

    [Fact]
    public async Task Real_time()
    {
        #region testing-real
        using var network = new VirtualNetwork(DefaultScheduler.Instance);
        await using var server = UdpLink.Over(network.AddHost("server", "10.0.0.1").Listen("*:9000"));
        await using var client = UdpLink.Over(network.AddHost("client", "10.0.0.2").Connect("server:9000"));
        using var messages = server.Messages.ValidateSynchronization().Record();

        await client.SendAsync(new Attitude(Roll: 1));

        await messages.WaitForCountAsync(1, deadline: TimeSpan.FromSeconds(20));
        messages.AssertGrammar();
        #endregion
    }

    private sealed record Attitude(double Roll);
}
