using ReactiveLink.Simulation.Scenarios;
using ReactiveLink.Testing;

namespace ReactiveLink.Simulation.Tests;

/// <summary>The simulation itself: 2,000 seeds, and that nothing in them is missing that it is there for.</summary>
public sealed class SeedTests
{
    [Fact]
    public void Two_thousand_seeds_hold()
    {
        var output = new StringWriter();

        var holds = new Campaign(new CampaignOptions(2000, 1, null, Parts.All, Environment.ProcessorCount), output).Run();

        Assert.True(holds, output.ToString());
    }

    [Fact]
    public void Everything_that_can_happen_happens()
    {
        var counts = new RunCounts();
        for (var seed = 10_000UL; seed < 10_400; seed++)
        {
            counts.Add(World.Run(ScenarioMaker.Make(seed)).Counts);
        }

        // Every host has an address, and no network is that full.
        NetworkEventKind[] never = [NetworkEventKind.NoRoute, NetworkEventKind.InFlightFull];
        Assert.Equal(Enum.GetNames<NetworkEventKind>().Except(never.Select(kind => kind.ToString())), counts.Network().Select(pair => pair.Name));
        Assert.Equal(Enum.GetNames<VerdictKind>(), counts.Verdicts().Select(pair => pair.Name));
        FaultReason[] reasons =
        [
            FaultReason.CrcMismatch, FaultReason.TooShort, FaultReason.Truncated, FaultReason.DecompressFailed, FaultReason.DecompressTooLarge, FaultReason.DecodeFailed,
            FaultReason.QueueFull, FaultReason.HandlerFailed, FaultReason.HandlerTimeout, FaultReason.PeerLimit, FaultReason.KernelDrop, FaultReason.SocketError,
            FaultReason.SubscriberFailed,
        ];
        Assert.Equal(reasons.Select(reason => reason.ToName()), counts.Faults().Select(pair => pair.Name));
        Assert.True(counts.FrameWraps > 100 && counts.MessageWraps > 100, $"{counts.FrameWraps} and {counts.MessageWraps} wraps");
        Assert.True(Math.Min(counts.Resequenced, Math.Min(counts.Windows, Math.Min(counts.Transitions, counts.Handled))) > 1000);
    }

    [Fact]
    public void A_seed_does_the_same_again()
    {
        for (var seed = 1UL; seed <= 100; seed++)
        {
            Assert.Equal(World.Run(ScenarioMaker.Make(seed)).Digest, World.Run(ScenarioMaker.Make(seed)).Digest);
        }

        Assert.Equal(100, Enumerable.Range(1, 100).Select(seed => World.Run(ScenarioMaker.Make((ulong)seed)).Digest).Distinct().Count());
    }

    [Fact]
    public void A_part_that_is_left_out_leaves_the_others_as_they_are()
    {
        for (var seed = 1UL; seed <= 200; seed++)
        {
            var whole = ScenarioMaker.Make(seed);
            var without = ScenarioMaker.Make(seed, Parts.All & ~Parts.Loss);

            Assert.Equal(
                whole.Clients.Select(client => (client.Out with { Loss = null }).ToString()),
                without.Clients.Select(client => client.Out.ToString()));
            Assert.Equal<Incident>([.. whole.Incidents], [.. without.Incidents]);
            Assert.Equal(whole.Clients.Select(client => client.Traffic), without.Clients.Select(client => client.Traffic));
        }
    }
}
