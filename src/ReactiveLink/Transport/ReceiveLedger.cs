using System.Collections.Immutable;

namespace ReactiveLink.Transport;

/// <summary>
/// The receive thread's counters, read consistently by any thread under a sequence lock (Lameter, "Effective Synchronization on
/// Linux/NUMA Systems", 2005): the writer makes the version odd, writes, makes it even; a reader retries until it saw one even version.
/// The writer finishes before it calls anyone, so a reader never waits for a callback, nor inside one.
/// </summary>
internal sealed class ReceiveLedger
{
    private long _version;
    private Counts _counts;

    /// <summary>Accounts one datagram. Receive thread only.</summary>
    /// <param name="bytes">The payload's size.</param>
    /// <param name="refused">Why it is not delivered, or null.</param>
    public void Add(int bytes, FaultReason? refused)
    {
        var version = _version;
        Volatile.Write(ref _version, version + 1);

        // A volatile write is not seen before those ahead of it: the odd version comes first, the even one last.
        Volatile.Write(ref _counts.Received, _counts.Received + 1);
        switch (refused)
        {
            case null:
                Volatile.Write(ref _counts.Delivered, _counts.Delivered + 1);
                Volatile.Write(ref _counts.Bytes, _counts.Bytes + bytes);
                break;
            case FaultReason.Truncated:
                Volatile.Write(ref _counts.Truncated, _counts.Truncated + 1);
                break;
            case FaultReason.NotMember:
                Volatile.Write(ref _counts.NotMember, _counts.NotMember + 1);
                break;
        }

        Volatile.Write(ref _version, version + 2);
    }

    public Counts Read()
    {
        var wait = default(SpinWait);
        while (true)
        {
            var before = Volatile.Read(ref _version);
            Counts counts;
            counts.Received = Volatile.Read(ref _counts.Received);
            counts.Delivered = Volatile.Read(ref _counts.Delivered);
            counts.Bytes = Volatile.Read(ref _counts.Bytes);
            counts.Truncated = Volatile.Read(ref _counts.Truncated);
            counts.NotMember = Volatile.Read(ref _counts.NotMember);
            if ((before & 1) == 0 && before == Volatile.Read(ref _version))
            {
                return counts;
            }

            wait.SpinOnce();
        }
    }

    public struct Counts
    {
        public long Received;
        public long Delivered;
        public long Bytes;
        public long Truncated;
        public long NotMember;

        /// <summary>The ledger with the system's drops, which count as received and as dropped.</summary>
        public readonly TransportStatistics ToStatistics(long kernelDrops)
        {
            var dropped = ImmutableSortedDictionary<FaultReason, long>.Empty;
            dropped = Truncated == 0 ? dropped : dropped.Add(FaultReason.Truncated, Truncated);
            dropped = NotMember == 0 ? dropped : dropped.Add(FaultReason.NotMember, NotMember);
            dropped = kernelDrops == 0 ? dropped : dropped.Add(FaultReason.KernelDrop, kernelDrops);
            return new TransportStatistics(
                new DatagramLedger(Received + kernelDrops, Delivered, dropped), Bytes, DatagramsSent: 0, BytesSent: 0, SendErrors: 0, SocketErrors: 0, Rebinds: 0);
        }
    }
}
