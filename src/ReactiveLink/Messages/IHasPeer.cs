namespace ReactiveLink.Messages;

/// <summary>Something that came from a remote endpoint, for the faults about it.</summary>
internal interface IHasPeer
{
    UdpEndpoint Peer { get; }
}
