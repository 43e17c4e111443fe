using ReactiveLink.Messages;

namespace ReactiveLink.Routing;

/// <summary>The remote endpoint of an item, for the faults about it.</summary>
internal static class Peers
{
    public static UdpEndpoint? Of<T>(T? item) => item switch
    {
        IHasPeer message => message.Peer,
        Datagram datagram => datagram.Remote,
        Frame frame => frame.Datagram.Remote,
        Sequenced<Datagram> datagram => datagram.Value.Remote,
        Sequenced<Frame> frame => frame.Value.Datagram.Remote,
        _ => null,
    };
}
