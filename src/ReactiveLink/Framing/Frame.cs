using ReactiveLink.Transport;

namespace ReactiveLink;

/// <summary>A datagram whose frame was read and found good: its payload without CRC, sequence and compression.</summary>
public readonly struct Frame : ILendableValue<Frame>
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

    /// <summary>The payload. Like its datagram's, it never changes and may be kept, unless that is lent (<see cref="Datagram.IsLent"/>).</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>The sequence number, or null where the format has none.</summary>
    public uint? Sequence => _hasSequence ? _sequence : null;

    /// <summary>What may be kept after OnNext: this frame, or one with a copy of the datagram where that is lent.</summary>
    /// <returns>A frame whose datagram is not lent.</returns>
    public Frame Keep()
    {
        if (!Datagram.IsLent)
        {
            return this;
        }

        var kept = Datagram.Keep();
        return new Frame(kept, Lent.Move(Payload, Datagram.Payload, kept.Payload), Sequence);
    }

    Func<Frame, Frame> ILendableValue<Frame>.Keeper => static frame => frame.Keep();

    object ILendable.Keep() => Keep();

    internal bool HasSequence => _hasSequence;

    internal uint RawSequence => _sequence;
}
