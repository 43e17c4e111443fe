namespace ReactiveLink.Testing;

/// <summary>An IP packet taken apart; its spans are valid as long as the packet's bytes.</summary>
internal ref struct IPPacket
{
    /// <summary>4 or 16 bytes.</summary>
    public ReadOnlySpan<byte> Source;

    /// <summary>4 or 16 bytes.</summary>
    public ReadOnlySpan<byte> Destination;

    /// <summary>What the packet carries, or the part of it, as far as there is.</summary>
    public ReadOnlySpan<byte> Payload;

    /// <summary>What the payload is; for a part of an IPv6 packet what its first part begins with.</summary>
    public int Protocol;

    public uint Identification;
    public int FragmentOffset;
    public bool HasMoreFragments;

    /// <summary>The headers are not all there.</summary>
    public bool IsShort;

    /// <summary>The payload is not all there.</summary>
    public bool IsPayloadShort;

    public readonly bool IsFragment => FragmentOffset != 0 || HasMoreFragments;
}
