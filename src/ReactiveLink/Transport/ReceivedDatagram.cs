using System.Diagnostics.CodeAnalysis;

namespace ReactiveLink.Transport;

/// <summary>One datagram as an engine hands it over, or several of one remote in one piece.</summary>
internal readonly struct ReceivedDatagram(ReadOnlyMemory<byte> payload, in EndpointKey remote, FaultReason? refused = null)
{
    private readonly EndpointKey _remote = remote;

    /// <summary>The bytes received; fewer than <see cref="Length"/> if the buffer was too small.</summary>
    public ReadOnlyMemory<byte> Payload { get; } = payload;

    /// <summary>Why it is not to be delivered: truncated, or for a group that was not joined. Null to deliver it.</summary>
    public FaultReason? Refused { get; } = refused;

    /// <summary>The bytes that were sent.</summary>
    public int Length { get; init; } = payload.Length;

    /// <summary>The bytes of each datagram but the last, which may be shorter, where several came in one piece; 0 for a single one.</summary>
    public int SegmentSize { get; init; }

    /// <summary>The bytes in front of <see cref="Payload"/> that were not handed over, since all datagrams in them are too large.</summary>
    public int Skipped { get; init; }

    /// <summary>When the system received it, in ticks of UTC; 0 where it does not tell.</summary>
    public long UtcTicks { get; init; }

    /// <summary>The socket's wrapping count of drops when it was queued; 0 where the system does not tell.</summary>
    public uint Drops { get; init; }

    /// <summary>Who sent it; a default key (port 0) where the system does not tell.</summary>
    [UnscopedRef]
    public ref readonly EndpointKey Remote => ref _remote;
}
