namespace ReactiveLink;

/// <summary>One datagram of a batch to send.</summary>
/// <param name="Payload">The bytes. They are read before the send returns.</param>
/// <param name="Destination">Where to; null for the remote endpoint of a connected client.</param>
public readonly record struct OutgoingDatagram(ReadOnlyMemory<byte> Payload, UdpEndpoint? Destination = null);
