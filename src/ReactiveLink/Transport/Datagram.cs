namespace ReactiveLink;

/// <summary>
/// One UDP payload with its remote endpoint and receive time. The payload's memory never changes after OnNext, so a subscriber may
/// keep a datagram; it then keeps alive the slab (at most 64 KiB) that the payload lies in. Use <see cref="ToArray"/> to keep
/// a few datagrams for long.
/// </summary>
public readonly struct Datagram
{
    private readonly long _receivedAtUtcTicks;
    private readonly long _elapsedTicks;

    /// <summary>Makes a datagram; transports and tests do.</summary>
    /// <param name="payload">The bytes; the caller must not change them afterwards.</param>
    /// <param name="remote">Who sent it.</param>
    /// <param name="receivedAt">When it was received, by the scheduler's clock.</param>
    /// <param name="elapsed">When it was received, on a clock that only runs forward and starts anywhere.</param>
    public Datagram(ReadOnlyMemory<byte> payload, UdpEndpoint remote, DateTimeOffset receivedAt, TimeSpan elapsed)
    {
        Payload = payload;
        Remote = remote;
        _receivedAtUtcTicks = receivedAt.UtcTicks;
        _elapsedTicks = elapsed.Ticks;
    }

    internal Datagram(ReadOnlyMemory<byte> payload, UdpEndpoint remote, long receivedAtUtcTicks, long elapsedTicks)
    {
        Payload = payload;
        Remote = remote;
        _receivedAtUtcTicks = receivedAtUtcTicks;
        _elapsedTicks = elapsedTicks;
    }

    /// <summary>The bytes, never cut.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Who sent it. The same object for every datagram of one remote while it is in use.</summary>
    public UdpEndpoint Remote { get; }

    /// <summary>When it was received, by the scheduler's clock (UTC).</summary>
    public DateTimeOffset ReceivedAt => new(_receivedAtUtcTicks, TimeSpan.Zero);

    /// <summary>When it was received, on a monotonic clock that starts anywhere: for durations between datagrams of one transport.</summary>
    public TimeSpan Elapsed => new(_elapsedTicks);

    internal long ElapsedTicks => _elapsedTicks;

    internal long ReceivedAtUtcTicks => _receivedAtUtcTicks;

    /// <summary>A copy of the payload that keeps no slab alive.</summary>
    /// <returns>A new array.</returns>
    public byte[] ToArray() => Payload.ToArray();
}
