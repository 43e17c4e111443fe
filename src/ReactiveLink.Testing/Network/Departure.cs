namespace ReactiveLink.Testing;

/// <summary>A datagram that is being sent.</summary>
internal sealed class Departure(VirtualTransport sender, UdpEndpoint to, ReadOnlyMemory<byte> payload)
{
    public VirtualTransport Sender { get; } = sender;

    public UdpEndpoint To { get; } = to;

    public ReadOnlyMemory<byte> Payload { get; } = payload;

    public UdpEndpoint From { get; set; } = sender.LocalEndpoint;

    public long Id { get; set; }

    /// <summary>What its end is called if there are no copies.</summary>
    public NetworkEventKind Nowhere { get; set; }

    public List<Copy> Copies { get; } = [];
}
