using System.Net.Sockets;

namespace ReactiveLink.Transport;

/// <content>Sending.</content>
internal sealed unsafe partial class LinuxUdpSocket
{
    /// <summary>Sends batches in few system calls; null where the system cannot.</summary>
    public LinuxSender? Sender { get; private set; }

    /// <inheritdoc/>
    public SocketException? Send(ReadOnlySpan<byte> payload, UdpEndpoint destination) => _portable.Send(payload, destination);

    /// <inheritdoc/>
    public int Send(ReadOnlySpan<OutgoingDatagram> batch, UdpEndpoint? otherwise, out SocketException? error) =>
        Sender is { } sender ? sender.Send(batch, otherwise, out error) : ((IUdpSocket)_portable).Send(batch, otherwise, out error);

    /// <summary>Lets batches go by sendmmsg, if this system knows it; segmented if wanted and known.</summary>
    public LinuxUdpSocket WithBatchedSends(bool segments)
    {
        if (SendSupport.Batches)
        {
            Sender = new LinuxSender(_handle, _portable, segments && SendSupport.Segments);
        }

        return this;
    }
}
