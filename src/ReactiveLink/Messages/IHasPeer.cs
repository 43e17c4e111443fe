namespace ReactiveLink.Messages;

/// <summary>A message, typed or not, for the faults and the spans about it.</summary>
internal interface IHasPeer
{
    UdpEndpoint Peer { get; }

    /// <summary>The message that it is, or is the data of.</summary>
    Message Envelope { get; }
}
