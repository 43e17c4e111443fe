using System.Collections.Immutable;

namespace ReactiveLink.Tool.Listening;

/// <summary>The account of a whole run.</summary>
/// <param name="Datagrams">Received, those that the system dropped included.</param>
/// <param name="Bytes">Their payload bytes, as far as they reached us.</param>
/// <param name="Delivered">Messages told of.</param>
/// <param name="Peers">Remote endpoints whose frames were good.</param>
/// <param name="Faults">Every fault by reason.</param>
/// <param name="Sequence">What sequencing saw; all zero where the format has no sequence.</param>
internal sealed record ListenSummary(
    long Datagrams,
    long Bytes,
    long Delivered,
    long Peers,
    ImmutableSortedDictionary<FaultReason, long> Faults,
    SequenceStatistics Sequence);
