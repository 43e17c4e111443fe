namespace ReactiveLink;

/// <summary>A datagram whose frame was read and found good: its payload without CRC, sequence and compression.</summary>
public readonly struct Frame
{
    private readonly bool _hasSequence;
    private readonly uint _sequence;

    /// <summary>Makes a frame; frame formats and tests do.</summary>
    /// <param name="datagram">The datagram that carried it.</param>
    /// <param name="payload">The payload: a slice of the datagram, or new memory where the frame was compressed.</param>
    /// <param name="sequence">The sequence number, or null where the format has none.</param>
    public Frame(Datagram datagram, ReadOnlyMemory<byte> payload, uint? sequence)
    {
        Datagram = datagram;
        Payload = payload;
        _hasSequence = sequence.HasValue;
        _sequence = sequence.GetValueOrDefault();
    }

    /// <summary>The datagram that carried the frame.</summary>
    public Datagram Datagram { get; }

    /// <summary>The payload. Like a datagram's, it never changes and may be kept.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>The sequence number, or null where the format has none.</summary>
    public uint? Sequence => _hasSequence ? _sequence : null;

    internal bool HasSequence => _hasSequence;

    internal uint RawSequence => _sequence;
}
