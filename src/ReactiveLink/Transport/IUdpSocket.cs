using System.Net.Sockets;

namespace ReactiveLink.Transport;

/// <summary>
/// One bound socket with its way to receive: the seam between the transport and the system. An engine that receives many datagrams by one
/// system call stands beside the portable one here; so do scripted sockets in tests. It is used by one receiving and many sending threads.
/// </summary>
internal interface IUdpSocket : IDisposable
{
    /// <summary>What is bound, with the port that the system chose.</summary>
    UdpEndpoint LocalEndpoint { get; }

    /// <summary>
    /// Blocks until there is at least one datagram, an error, or <see cref="IDisposable.Dispose"/> on another thread, which must unblock it.
    /// </summary>
    /// <param name="batch">The datagrams, valid until the next call; their payloads stay valid and unchanged for good, unless the engine lends them
    /// (<see cref="PayloadMemory"/>), and then until the next call too.</param>
    /// <returns>The error, or null.</returns>
    SocketException? Receive(out ReadOnlySpan<ReceivedDatagram> batch);

    /// <summary>Sends one datagram.</summary>
    /// <returns>The error, or null.</returns>
    SocketException? Send(ReadOnlySpan<byte> payload, UdpEndpoint destination);

    /// <summary>Sends datagrams in order, up to the first that is refused.</summary>
    /// <param name="batch">The datagrams.</param>
    /// <param name="otherwise">Where those go that name no destination.</param>
    /// <param name="error">Why the first one that was not sent was refused, or null.</param>
    /// <returns>How many were sent.</returns>
    int Send(ReadOnlySpan<OutgoingDatagram> batch, UdpEndpoint? otherwise, out SocketException? error)
    {
        error = null;
        var sent = 0;
        while (sent < batch.Length && (error = Send(batch[sent].Payload.Span, (batch[sent].Destination ?? otherwise)!)) is null)
        {
            sent++;
        }

        return sent;
    }

    /// <summary>The count of datagrams that the system dropped at this socket; it wraps at 2^32. False where the system does not tell.</summary>
    bool TryReadKernelDrops(out uint drops);
}

/// <summary>Opens sockets: the first one and, after a loss, its successors.</summary>
internal interface IUdpSocketFactory
{
    /// <summary>Binds a socket, sets its options and joins its groups.</summary>
    /// <param name="local">What to bind.</param>
    /// <exception cref="LinkOpenException">It cannot be bound; says why.</exception>
    IUdpSocket Open(UdpEndpoint local);
}
