using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace ReactiveLink.Benchmarks.Pipeline;

/// <summary>A transport without sockets: the benchmark puts datagrams in, so that only what is behind a transport is measured.</summary>
internal sealed class PushTransport : IDatagramTransport
{
    private IObserver<Datagram>? _observer;

    public IObservable<Datagram> Datagrams => Observable.Create<Datagram>(observer =>
    {
        _observer = observer;
        return () => _observer = null;
    });

    public IObservable<Fault> Faults => Observable.Never<Fault>();

    public IObservable<ConnectionState> State { get; } = new BehaviorSubject<ConnectionState>(ConnectionState.Connected);

    public ConnectionState CurrentState => ConnectionState.Connected;

    public UdpEndpoint LocalEndpoint { get; } = new(System.Net.IPAddress.Loopback, 1);

    public UdpEndpoint? RemoteEndpoint => null;

    public int MaximumPayloadSize => 65507;

    public IScheduler Scheduler => DefaultScheduler.Instance;

    public void Push(in Datagram datagram) => _observer!.OnNext(datagram);

    public void Start()
    {
    }

    public void Send(ReadOnlySpan<byte> payload, UdpEndpoint? destination = null)
    {
    }

    public TransportStatistics GetStatistics() => throw new NotSupportedException();

    public void Dispose()
    {
    }

    public ValueTask DisposeAsync() => default;
}
