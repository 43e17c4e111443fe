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

    /// <summary>A consistent snapshot of the counters; the ledger balances in every one.</summary>
    /// <returns>An immutable snapshot.</returns>
    TransportStatistics GetStatistics();
}
