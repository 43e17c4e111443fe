using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ReactiveLink.Metrics.Tests;
using ReactiveLink.Testing;
using ReactiveLink.Tests.Support;
using ReactiveLink.Tests.Transport;
using Xunit.Abstractions;

namespace ReactiveLink.Endurance.Tests.Network;

/// <summary>A flood of good frames from 100,000 forged sources: state stays within its caps, and a peer that was there before is served as ever.</summary>
[Collection(MemoryCollection.Name)]
public sealed class ForgedSourceTests(ITestOutputHelper output)
{
    private const int Sources = 100_000;
    private const int MaximumPeers = 8192;
    private const int MaximumEndpoints = 16_384;

    /// <summary>A peer is told to take 256 bytes at most, an endpoint is less; the rest is what a process allocates meanwhile.</summary>
    private const long MostMemory = ((MaximumPeers + MaximumEndpoints) * 256) + (4 << 20);

    /// <summary>As many as may be under way: the load is what the receiver can take, so that what is lost is lost by us.</summary>
    private const int UnderWay = 1000;

    private static readonly IPEndPoint Near = new(TwoHosts.NearAddress, 9000);

    /// <summary>One datagram each, which leaves the sources in probation; or two, which establish them.</summary>
    [NamespaceTheory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_flood_of_forged_sources_costs_bounded_memory_and_no_valid_datagram(int each)
    {
        using var hosts = new TwoHosts();
        hosts.Near.Set("net/ipv4/conf/all/rp_filter", 0);
        hosts.Near.Set($"net/ipv4/conf/{TwoHosts.Device}/rp_filter", 0);
        using var link = hosts.Near.Run(() => UdpLink.Open(Near.ToString(), o => o with
        {
            AutoStart = false,
            Sequencing = o.Sequencing with { MaximumPeers = MaximumPeers },
            Transport = o.Transport with { MaximumInternedEndpoints = MaximumEndpoints, ForceReceiveBuffer = true },
        }));
        var remote = hosts.FarSocket();
        var peer = UdpEndpoint.From((IPEndPoint)remote.LocalEndPoint!);
        long valid = 0;
        long outOfOrder = 0;
        link.Frames.Subscribe(frame =>
        {
            if (frame.Value.Datagram.Remote.Equals(peer))
            {
                Interlocked.Increment(ref valid);
                Interlocked.Add(ref outOfOrder, frame.Verdict.Kind == VerdictKind.InOrder ? 0 : 1);
            }
        });
        long faults = 0;
        var ended = false;
        link.Faults.Subscribe(_ => faults++, _ => ended = true, () => ended = true);
        hosts.Near.Run(() =>
        {
            link.Start();
            return true;
        });

        using var forger = hosts.Far.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Raw));
        var frames = Enumerable.Range(0, each).Select(i => Wire.Frame((uint)i, new byte[16])).ToArray();
        long sent = 0;
        uint number = 0;
        void SendValid()
        {
            remote.SendTo(Wire.Frame(number++, new byte[16]), Near);
            sent++;
        }

        bool HasCome(long count)
        {
            var received = link.GetStatistics().Ledger.Received;
            return received >= count || received >= count - hosts.LostByCable();
        }

        SendValid();
        SendValid();
        Eventually.True(() => Interlocked.Read(ref valid) == number, "the valid peer is there before the flood");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var source = 0; source < Sources; source++)
        {
            var from = new IPEndPoint(new IPAddress([10, 78, (byte)(source >> 8), (byte)source]), 1024 + (source >> 16));
            foreach (var frame in frames)
            {
                forger.SendTo(Packets.Datagram(from, Near, frame), Near);
                sent++;
            }

            if (source % 10 == 0)
            {
                SendValid();
            }

            if (source % 100 == 0)
            {
                Assert.InRange(link.GetStatistics().Peers, 1, MaximumPeers);
                Eventually.True(() => HasCome(sent - UnderWay), "the receiver keeps up");
            }
        }

        Eventually.True(() => HasCome(sent), "every datagram has come");
        var statistics = link.GetStatistics();
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(frames);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{sent} datagrams, {Sources} sources: {statistics.Peers} peers, {statistics.PeersForgotten} forgotten, {statistics.CountOf(FaultReason.PeerLimit)} datagrams refused; "
            + $"memory grew by {grown / 1024} KiB; valid {valid} of {number}"));

        LedgerAssert.Balances(statistics);
        var lost = hosts.LostByCable();
        Assert.Equal(sent - lost, statistics.Ledger.Received);
        Assert.Equal(MaximumPeers, statistics.Peers);
        Assert.InRange(statistics.Peers + statistics.PeersForgotten + (statistics.CountOf(FaultReason.PeerLimit) / each), Sources + 1 - lost, Sources + 1);
        Assert.InRange(grown, long.MinValue, MostMemory);
        Assert.InRange(valid, (long)Math.Ceiling(number * 0.999), number);
        Assert.Equal(number - valid == 0, outOfOrder == 0);
        Assert.Equal((false, statistics.CountOf(FaultReason.PeerLimit)), (ended, faults));
    }
}
