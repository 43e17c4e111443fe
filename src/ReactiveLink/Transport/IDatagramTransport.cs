using System.Reactive.Concurrency;

namespace ReactiveLink;

/// <summary>
/// Sends and receives datagrams. Every implementation passes one family of contract tests.
/// <list type="table">
/// <listheader><term>what happens</term><description>Datagrams / Faults / State</description></listheader>
/// <item><term>a datagram arrives</term><description>OnNext on <see cref="Datagrams"/>, serialized, on the transport's receive thread</description></item>
/// <item><term>a datagram is cut, dropped by the system or not for us</term><description>a <see cref="Fault"/>, counted in the ledger</description></item>
/// <item><term>a passing socket error</term><description>a <see cref="FaultReason.SocketError"/> fault; the streams go on</description></item>
/// <item><term>the socket is lost</term><description>state <see cref="ConnectionState.Reconnecting"/> until it is bound again</description></item>
/// <item><term>a subscriber throws</term><description>it loses its subscription; a <see cref="FaultReason.SubscriberFailed"/> fault; the others go on</description></item>
/// <item><term>dispose</term><description>state <see cref="ConnectionState.Closed"/>; every stream completes</description></item>
/// </list>
/// Any member may be called from any callback on any thread.
/// </summary>
public interface IDatagramTransport : IDisposable, IAsyncDisposable
{
    /// <summary>Every datagram received, hot. Completes when the transport is disposed; errors only if it cannot be recovered.</summary>
    IObservable<Datagram> Datagrams { get; }

    /// <summary>What was refused or lost, hot.</summary>
    IObservable<Fault> Faults { get; }

    /// <summary>The state: the current value on subscription, then every change.</summary>
    IObservable<ConnectionState> State { get; }

    /// <summary>The state now. After dispose it is <see cref="ConnectionState.Closed"/> at once, before the streams have completed.</summary>
    ConnectionState CurrentState { get; }

    /// <summary>The local endpoint that is bound, with the port that the system chose if 0 was asked for.</summary>
    UdpEndpoint LocalEndpoint { get; }

    /// <summary>The remote endpoint of a connected client, or null for a listener.</summary>
    UdpEndpoint? RemoteEndpoint { get; }

    /// <summary>The largest payload in bytes that one datagram of this transport can carry.</summary>
    int MaximumPayloadSize { get; }

    /// <summary>
    /// Whether payloads are its subscribers' only during OnNext (<see cref="PayloadMemory.Borrowed"/>). A transport that wraps another must pass this on.
    /// False unless it says otherwise: payloads may be kept.
    /// </summary>
    bool LendsPayloads => false;

    /// <summary>The source of time for everything built on this transport.</summary>
    IScheduler Scheduler { get; }

    /// <summary>
    /// Begins to receive; until then the system buffers what arrives. Idempotent. Subscribe before the call to miss nothing.
    /// </summary>
    void Start();

    /// <summary>Sends one datagram at once, on the calling thread, by one system call. Safe on many threads at once.</summary>
    /// <param name="payload">The bytes.</param>
    /// <param name="destination">Where to; null for the remote endpoint of a connected client.</param>
    /// <exception cref="DatagramTooLargeException">The payload is larger than <see cref="MaximumPayloadSize"/>; nothing was sent.</exception>
    /// <exception cref="DatagramSendException">The socket refused it; says why. It is counted and a fault.</exception>
    /// <exception cref="InvalidOperationException">No destination was given and the transport is not connected.</exception>
    /// <exception cref="ObjectDisposedException">The transport is disposed.</exception>
    void Send(ReadOnlySpan<byte> payload, UdpEndpoint? destination = null);

    /// <summary>
    /// Sends datagrams in order on the calling thread, with as few system calls as the transport can, up to the first that is refused. Nothing waits to make a
    /// batch larger. To go on after a refused one, call again with what follows it. Safe on many threads at once; batches of two threads may interleave.
    /// <list type="table">
    /// <listheader><term>a datagram</term><description>result</description></listheader>
    /// <item><term>sent</term><description>counted in the return value; counters as for a single one</description></item>
    /// <item><term>refused: too large, no destination, by the socket, disposed</term>
    /// <description><paramref name="refusal"/> is what <see cref="Send(ReadOnlySpan{byte}, UdpEndpoint?)"/> would have thrown; faults and counters as there; it was
    /// not sent, nor was any after it</description></item>
    /// </list>
    /// A transport that does not implement it sends one by one.
    /// </summary>
    /// <param name="batch">The datagrams; none is no error.</param>
    /// <param name="refusal">Why the first one that was not sent was refused; null if all were sent.</param>
    /// <returns>How many were sent: the first so many of the batch.</returns>
    int Send(ReadOnlySpan<OutgoingDatagram> batch, out Exception? refusal)
    {
        for (var sent = 0; sent < batch.Length; sent++)
        {
            try
            {
                Send(batch[sent].Payload.Span, batch[sent].Destination);
            }
            catch (Exception exception)
            {
                refusal = exception;
                return sent;
            }
        }

        refusal = null;
        return batch.Length;
    }

    /// <summary>A consistent snapshot of the counters; the ledger balances in every one.</summary>
    /// <returns>An immutable snapshot.</returns>
    TransportStatistics GetStatistics();
}
