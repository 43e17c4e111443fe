using System.Net;

namespace ReactiveLink.Testing.Tests.Network;

/// <summary>The same seed gives the same bytes at the same ticks.</summary>
public sealed class VirtualNetworkSeedTests
{
    private static readonly PathConditions Rough = new()
    {
        Latency = TimeSpan.FromTicks(100),
        Jitter = Distribution.Exponential(TimeSpan.FromTicks(60)),
        Loss = LossModel.Burst(0.05, 0.3),
        Duplication = 0.1,
        Reordering = 0.1,
        ReorderingDelay = TimeSpan.FromTicks(500),
        Corruption = 0.1,
        Truncation = 0.1,
        Bandwidth = 10_000_000_000,
    };

    private static readonly UdpEndpoint ToB = new(IPAddress.Parse("10.0.0.2"), 9000);

    /// <summary>300 datagrams from a to b; the log of their path.</summary>
    private static string Run(ulong seed, PathConditions? conditions = null, Action<TestNet>? others = null)
    {
        var net = new TestNet(conditions ?? Rough, seed);
        others?.Invoke(net);
        net.Listen(net.B);
        var a = net.A.Listen("*:7000");
        for (var i = 0; i < 300; i++)
        {
            var payload = Enumerable.Range(i, 20).Select(value => (byte)value).ToArray();
            net.At(1000 + (i * 10), () => a.Send(payload, ToB));
        }

        net.Run();
        LedgerAssert.Balances(net.Network.GetStatistics());
        return TestNet.Text(net.Log.Values.Where(e => e.FromHost == "a" && e.To!.Port == 9000), withId: others is null);
    }

    [Fact]
    public void Same_seed_same_log()
    {
        var log = Run(5);
        Assert.Equal(log, Run(5));
        Assert.NotEqual(log, Run(6));
        foreach (var kind in new[] { "Delivered", "Lost", "Duplicated", "HeldBack", "Reordered", "Corrupted", "Truncated" })
        {
            Assert.Contains(kind, log, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Other_hosts_change_nothing()
    {
        // A third host, added before or after, that talks to both at the same ticks.
        static void Noise(TestNet net)
        {
            var c = net.Network.AddHost("c", "10.0.0.3").Listen("*:5000");
            net.Listen(net.B, "*:9001");
            for (var i = 0; i < 300; i++)
            {
                net.At(1000 + (i * 10), () => c.Send(new byte[50], new UdpEndpoint(IPAddress.Parse("10.0.0.2"), 9001)));
                net.At(1005 + (i * 10), () => c.Send(new byte[50], new UdpEndpoint(IPAddress.Parse("10.0.0.1"), 1)));
            }
        }

        Assert.Equal(Run(5, others: _ => { }), Run(5, others: Noise));
    }

    [Fact]
    public void Switching_one_fault_on_does_not_change_what_another_does()
    {
        static IEnumerable<string> Lost(string log) => log.Split('\n').Where(line => line.Contains("Lost", StringComparison.Ordinal));
        var alone = new PathConditions { Latency = TimeSpan.FromTicks(100), Loss = Rough.Loss };

        Assert.NotEmpty(Lost(Run(5)));
        Assert.Equal(Lost(Run(5, alone)), Lost(Run(5)));
    }

    [Fact]
    public void The_log_of_a_seed_is_what_it_was()
    {
        // A change of this hash is a change of every user's recorded seeds. Only whole-number arithmetic is in it, so that every platform agrees.
        var log = Run(1, new PathConditions
        {
            Latency = TimeSpan.FromTicks(100),
            Jitter = Distribution.Uniform(TimeSpan.Zero, TimeSpan.FromTicks(90)),
            Loss = LossModel.Random(0.1),
            Duplication = 0.1,
            Corruption = 0.1,
            Truncation = 0.1,
        });
        var hash = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(log)));
        Assert.Equal("6094C60A1885F49BEFF7A596C26823E115C49F0ADC09B263741B32B3EC256BBE", hash);
    }
}
