using System.Net;
using ReactiveLink.Sequencing;

namespace ReactiveLink.Tests.Sequencing;

/// <summary>Measures the heap, so no other test may run meanwhile.</summary>
[CollectionDefinition("Memory", DisableParallelization = true)]
public sealed class MemoryCollection;

[Collection("Memory")]
public sealed class PeerTableMemoryTests
{
    [Fact]
    public void A_hundred_thousand_peers_take_at_most_256_bytes_each()
    {
        const int count = 100_000;
        var endpoints = Enumerable.Range(0, count).Select(i => new UdpEndpoint(new IPAddress(0x0A000001 + i), 5000)).ToArray();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var table = new PeerTable<UdpEndpoint>(SequenceSpace.UInt32, new SequenceOptions { MaximumPeers = count });
        foreach (var endpoint in endpoints)
        {
            Assert.True(table.TryObserve(endpoint, 1, 0, out _, out _));
        }

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)count;

        Assert.InRange(each, 100, 256);
        Assert.Equal(count, table.Count);
        GC.KeepAlive(endpoints);
    }

    [Fact]
    public void Just_after_it_grew_a_table_takes_at_most_256_bytes_a_peer()
    {
        const int count = 35_066;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var table = new PeerTable<int>(SequenceSpace.UInt32, SequenceOptions.Default);
        for (var key = 0; key < count; key++)
        {
            Assert.True(table.TryObserve(key, 1, 0, out _, out _));
        }

        // A boxed key of 24 bytes is not counted.
        var each = ((GC.GetTotalMemory(forceFullCollection: true) - before) / (double)count) - 24;

        Assert.InRange(each, 100, 256);
        GC.KeepAlive(table);
    }
}
