using System.Collections.Immutable;

namespace ReactiveLink.Testing;

/// <summary>The counters of a virtual transport, under a lock on this object.</summary>
internal sealed class VirtualLedger
{
    public long Received { get; set; }

    public long Delivered { get; set; }

    public long Bytes { get; set; }

    public long Truncated { get; set; }

    public long KernelDrops { get; set; }

    public long Sent { get; set; }

    public long BytesSent { get; set; }

    public long SendErrors { get; set; }

    public long SocketErrors { get; set; }

    public long Rebinds { get; set; }

    public long Oversize { get; set; }

    public long Evicted { get; set; }

    public TransportStatistics ToStatistics()
    {
        var dropped = ImmutableSortedDictionary<FaultReason, long>.Empty;
        dropped = Truncated == 0 ? dropped : dropped.Add(FaultReason.Truncated, Truncated);
        dropped = KernelDrops == 0 ? dropped : dropped.Add(FaultReason.KernelDrop, KernelDrops);
        return new TransportStatistics(new DatagramLedger(Received + KernelDrops, Delivered, dropped), Bytes, Sent, BytesSent, SendErrors, SocketErrors, Rebinds)
        {
            OversizeSends = Oversize,
            EndpointsEvicted = Evicted,
        };
    }
}
