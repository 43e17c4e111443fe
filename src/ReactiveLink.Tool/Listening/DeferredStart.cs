using System.Reactive.Concurrency;

namespace ReactiveLink.Tool.Listening;

/// <summary>
/// A transport that begins to receive when it is told to, not with a link's first subscription: messages, faults and datagrams are all subscribed
/// to before the first datagram, so none is told of on one stream and missed on another.
/// </summary>
internal sealed class DeferredStart(IDatagramTransport transport) : IDatagramTransport
{
    public IObservable<Datagram> Datagrams => transport.Datagrams;

    public IObservable<Fault> Faults => transport.Faults;

    public IObservable<ConnectionState> State => transport.State;

    public ConnectionState CurrentState => transport.CurrentState;

    public UdpEndpoint LocalEndpoint => transport.LocalEndpoint;

    public UdpEndpoint? RemoteEndpoint => transport.RemoteEndpoint;

    public int MaximumPayloadSize => transport.MaximumPayloadSize;

    public IScheduler Scheduler => transport.Scheduler;

    public void Start()
    {
        // Everyone is not subscribed yet.
    }

    public void StartNow() => transport.Start();

    public void Send(ReadOnlySpan<byte> payload, UdpEndpoint? destination = null) => transport.Send(payload, destination);

    public TransportStatistics GetStatistics() => transport.GetStatistics();

    public void Dispose() => transport.Dispose();

    public ValueTask DisposeAsync() => transport.DisposeAsync();
}
