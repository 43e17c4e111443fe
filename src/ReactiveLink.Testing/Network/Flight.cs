namespace ReactiveLink.Testing;

/// <summary>One copy of a datagram on its way, or the news that one was not wanted.</summary>
internal sealed class Flight
{
    public required long Id { get; init; }

    public required long Ordinal { get; init; }

    public required VirtualPath Path { get; init; }

    public required VirtualTransport Sender { get; init; }

    public required UdpEndpoint From { get; init; }

    public required UdpEndpoint To { get; init; }

    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Made by duplication.</summary>
    public bool IsCopy { get; init; }

    /// <summary>Not a datagram: tells the sender that nobody was bound.</summary>
    public bool IsUnreachableNews { get; init; }
}
