using System.Runtime.InteropServices;
using ReactiveLink;

namespace Dashboard.Feed;

/// <summary>What a later reading is compared with.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PastReading(TimeSpan Elapsed, long Received, long Bytes, SequenceStatistics Sequence)
{
    public static PastReading Of(LinkStatistics now, TimeSpan elapsed) => new(elapsed, now.Ledger.Received, now.BytesReceived, now.Sequence);
}
