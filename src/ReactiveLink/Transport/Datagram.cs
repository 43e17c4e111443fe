using ReactiveLink.Transport;

namespace ReactiveLink;

/// <summary>
/// One UDP payload with its remote endpoint and receive time. The payload's memory never changes after OnNext, so a subscriber may
/// keep a datagram; it then keeps alive the slab (at most 64 KiB) that the payload lies in. Use <see cref="ToArray"/> to keep
/// a few datagrams for long. One whose payload is lent (<see cref="IsLent"/>) may be kept only by way of <see cref="Keep"/>.
/// </summary>
public readonly struct Datagram : ILendableValue<Datagram>
{
    // Ticks of UTC are never negative: the sign says whether the payload is lent.
    private const long LentBit = long.MinValue;
    private readonly long _receivedAtUtcTicks;
    private readonly long _elapsedTicks;

    /// <summary>Makes a datagram; transports and tests do.</summary>
    /// <param name="payload">The bytes; the caller must not change them afterwards.</param>
    /// <param name="remote">Who sent it.</param>
    /// <param name="receivedAt">When it was received, by the scheduler's clock.</param>
    /// <param name="elapsed">When it was received, on a clock that only runs forward and starts anywhere.</param>
    /// <param name="isLent">Whether the payload is its subscribers' only during OnNext: see <see cref="PayloadMemory.Borrowed"/>.</param>
    public Datagram(ReadOnlyMemory<byte> payload, UdpEndpoint remote, DateTimeOffset receivedAt, TimeSpan elapsed, bool isLent = false)
        : this(payload, remote, receivedAt.UtcTicks, elapsed.Ticks, isLent)
    {
    }

    internal Datagram(ReadOnlyMemory<byte> payload, UdpEndpoint remote, long receivedAtUtcTicks, long elapsedTicks, bool isLent)
    {
        Payload = payload;
        Remote = remote;
        _receivedAtUtcTicks = receivedAtUtcTicks | (isLent ? LentBit : 0);
        _elapsedTicks = elapsedTicks;
    }

    /// <summary>The bytes, never cut.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Who sent it. The same object for every datagram of one remote while it is in use.</summary>
    public UdpEndpoint Remote { get; }

    /// <summary>When it was received, by the scheduler's clock (UTC).</summary>
    public DateTimeOffset ReceivedAt => new(ReceivedAtUtcTicks, TimeSpan.Zero);

    /// <summary>When it was received, on a monotonic clock that starts anywhere: for durations between datagrams of one transport.</summary>
    public TimeSpan Elapsed => new(_elapsedTicks);

    internal long ElapsedTicks => _elapsedTicks;

    /// <summary>Whether the payload is valid only during OnNext, because the transport lends its memory: see <see cref="PayloadMemory"/>.</summary>
    public bool IsLent => _receivedAtUtcTicks < 0;

    internal long ReceivedAtUtcTicks => _receivedAtUtcTicks & ~LentBit;

    /// <summary>A copy of the payload that keeps no slab alive.</summary>
    /// <returns>A new array.</returns>
    public byte[] ToArray() => Payload.ToArray();

    /// <summary>What may be kept after OnNext: this datagram, or one with a copy of the payload where it is lent.</summary>
    /// <returns>A datagram that is not lent.</returns>
    public Datagram Keep() => IsLent ? new Datagram(ToArray(), Remote, ReceivedAtUtcTicks, _elapsedTicks, isLent: false) : this;

    Func<Datagram, Datagram> ILendableValue<Datagram>.Keeper => static datagram => datagram.Keep();

    object ILendable.Keep() => Keep();

    internal Datagram Lend() => new(Payload, Remote, ReceivedAtUtcTicks, _elapsedTicks, isLent: true);
}
