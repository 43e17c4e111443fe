using System.Collections.Immutable;
using System.Net;
using System.Reactive.Concurrency;
using ReactiveLink.Concurrency.Control;
using ReactiveLink.Diagnostics;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Concurrency.Parts;

/// <summary>A transport whose receive thread is a controlled one: there the streams end, as those of every transport do.</summary>
internal sealed class ReceivedTransport(IScheduler scheduler) : IDatagramTransport
{
    private readonly Broadcaster<Datagram> _datagrams = new(_ => { });
    private readonly SerializedHub<Fault> _faults = new(64, _ => { });
    private readonly SerializedHub<ConnectionState> _states = new(ConnectionState.Connected, 64, _ => { });
    private long _received;
    private long _sent;
    private bool _disposed;

    public IObservable<Datagram> Datagrams => _datagrams;

    public IObservable<Fault> Faults => _faults;

    public IObservable<ConnectionState> State => _states;

    public ConnectionState CurrentState => _disposed ? ConnectionState.Closed : ConnectionState.Connected;

    public UdpEndpoint LocalEndpoint { get; } = new(IPAddress.Loopback, 9000);

    public UdpEndpoint? RemoteEndpoint => null;

    public int MaximumPayloadSize => 65_507;

    public IScheduler Scheduler => scheduler;

    public void Start()
    {
    }

    /// <summary>The receive thread's work, until the transport is disposed.</summary>
    public void Receive(IEnumerable<int> numbers, Action<int> arrive)
    {
        foreach (var number in numbers.TakeWhile(_ => !_disposed))
        {
            arrive(number);
        }

        Interleave.WaitUntil(() => _disposed, "for the transport's end");
        _datagrams.OnCompleted();
        _faults.Terminate(error: null);
        _states.Terminate(error: null);
    }

    public void Deliver(byte[] payload)
    {
        _received++;
        _datagrams.OnNext(new Datagram(payload, Wire.Remote, scheduler.Now, TimeSpan.Zero));
    }

    public void Send(ReadOnlySpan<byte> payload, UdpEndpoint? destination = null)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Interleave.Point("a send");
        _sent++;
    }

    public TransportStatistics GetStatistics() => new(
        new DatagramLedger(_received, _received, ImmutableSortedDictionary<FaultReason, long>.Empty), 0, _sent, 0, 0, 0, 0);

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _states.OnNext(ConnectionState.Closed);
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }
}
