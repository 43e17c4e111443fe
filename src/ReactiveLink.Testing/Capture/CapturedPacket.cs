namespace ReactiveLink.Testing;

/// <summary>A packet as the capture has it; its bytes are valid until the next is read.</summary>
internal readonly ref struct CapturedPacket
{
    /// <summary>No packet can be larger; also what a reader allocates at most for one.</summary>
    public const int Largest = 262_144;

    /// <summary>As the list of link types at tcpdump.org has it; -1 if the packet is larger than <see cref="Largest"/>, and has no bytes here.</summary>
    public required int LinkType { get; init; }

    /// <summary>UTC ticks since year 1; the format's reader has checked the range.</summary>
    public required long Ticks { get; init; }

    /// <summary>Whether the capture kept less than there was.</summary>
    public required bool IsCut { get; init; }

    public required ReadOnlySpan<byte> Bytes { get; init; }
}
