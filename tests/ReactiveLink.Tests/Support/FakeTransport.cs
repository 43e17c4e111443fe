using System.Collections.Immutable;
using System.Net;
using System.Reactive.Concurrency;
using ReactiveLink.Diagnostics;

namespace ReactiveLink.Tests.Support;

/// <summary>A transport without a network: the test puts datagrams in and looks at what was sent.</summary>
internal sealed class FakeTransport : IDatagramTransport
{
    private readonly Broadcaster<Datagram> _datagrams;
    private readonly SerializedHub<Fault> _faults;
    private readonly SerializedHub<ConnectionState> _state;
    private readonly List<(byte[] Payload, UdpEndpoint? To)> _sent = [];
    private readonly IStopwatch _clock;
    private ImmutableSortedDictionary<FaultReason, long> _dropped = ImmutableSortedDictionary<FaultReason, long>.Empty;
    private long _delivered;
    private bool _disposed;
    private int _sentCount;

    public FakeTransport(IScheduler scheduler, UdpEndpoint? remote = null)
    {
        Scheduler = scheduler;
        RemoteEndpoint = remote;
        _clock = scheduler.StartStopwatch();
        _faults = new SerializedHub<Fault>(1024, _ => { });
        _state = new SerializedHub<ConnectionState>(ConnectionState.Connected, 64, _ => { });
        _datagrams = new Broadcaster<Datagram>(error => _faults.OnNext(new Fault(FaultReason.SubscriberFailed, Scheduler.Now, Exception: error)));
    }

    public IObservable<Datagram> Datagrams => _datagrams;

    public IObservable<Fault> Faults => _faults;

    public IObservable<ConnectionState> State => _state;

    public ConnectionState CurrentState { get; private set; } = ConnectionState.Connected;

    public UdpEndpoint LocalEndpoint { get; } = new(IPAddress.Loopback, 9000);

    public UdpEndpoint? RemoteEndpoint { get; }

    public int MaximumPayloadSize => 65_507;

    public IScheduler Scheduler { get; }

    public bool Started { get; private set; }

    public bool Disposed => _disposed;

    public bool StatisticsFail { get; set; }

    /// <summary>Whether a test can look at what was sent; if not, sending allocates nothing.</summary>
    public bool KeepsWhatIsSent { get; init; } = true;

    public int SentCount => Volatile.Read(ref _sentCount);

    /// <summary>Called before, where set; a test may throw or block in it.</summary>
    public Action<byte[]>? OnSend { get; set; }

    public IReadOnlyList<(byte[] Payload, UdpEndpoint? To)> Sent
    {
        get
        {
            lock (_sent)
            {
                return [.. _sent];
            }
        }
    }

    public void Start() => Started = true;

    public void Inject(byte[] payload, UdpEndpoint? remote = null, DateTimeOffset? at = null)
    {
        _delivered++;
        _datagrams.OnNext(new Datagram(payload, remote ?? Wire.Remote, at ?? Scheduler.Now, _clock.Elapsed));
    }

    /// <summary>As if the system had dropped datagrams.</summary>
    public void Drop(FaultReason reason, long count)
    {
        _dropped = _dropped.SetItem(reason, _dropped.GetValueOrDefault(reason) + count);
        _faults.OnNext(new Fault(reason, Scheduler.Now, Count: count));
    }

    public void Fail(Exception error)
    {
        SetState(ConnectionState.Error);
        _datagrams.OnError(error);
        _faults.Terminate(error);
        _state.Terminate(error);
    }

    public void SetState(ConnectionState state)
    {
        CurrentState = state;
        _state.OnNext(state);
    }

    public void Send(ReadOnlySpan<byte> payload, UdpEndpoint? destination = null)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!KeepsWhatIsSent)
        {
            Interlocked.Increment(ref _sentCount);
            return;
        }

        var copy = payload.ToArray();
        OnSend?.Invoke(copy);
        Interlocked.Increment(ref _sentCount);
        lock (_sent)
        {
            _sent.Add((copy, destination));
        }
    }

    public TransportStatistics GetStatistics() => StatisticsFail ? throw new InvalidOperationException("no figures") : new(
        new DatagramLedger(_delivered + _dropped.Values.Sum(), _delivered, _dropped), 0, SentCount, 0, 0, 0, 0);

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        SetState(ConnectionState.Closed);
        _datagrams.OnCompleted();
        _faults.Terminate(error: null);
        _state.Terminate(error: null);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }
}
