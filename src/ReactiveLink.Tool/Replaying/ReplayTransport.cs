using System.Collections.Immutable;
using System.Net;
using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using ReactiveLink.Testing;

namespace ReactiveLink.Tool.Replaying;

/// <summary>A capture in the place of a socket: receives what it has, sends nothing.</summary>
internal sealed class ReplayTransport : IDatagramTransport, IObserver<Datagram>, IObserver<Fault>
{
    private readonly Lock _gate = new();
    private readonly ReplaySettings _settings;
    private readonly Subject<Datagram> _datagrams = new();
    private readonly Subject<Fault> _faults = new();
    private readonly Subject<Unit> _end = new();
    private readonly ISubject<Fault> _faultInput;
    private readonly SingleAssignmentDisposable _replay = new();
    private ImmutableSortedDictionary<FaultReason, long> _dropped = ImmutableSortedDictionary<FaultReason, long>.Empty;
    private long _delivered;
    private long _bytes;
    private int _started;
    private int _ended;

    public ReplayTransport(ReplaySettings settings, IScheduler scheduler)
    {
        (_settings, Scheduler) = (settings, scheduler);
        _faultInput = Subject.Synchronize(_faults);
    }

    public IObservable<Datagram> Datagrams => _datagrams;

    public IObservable<Fault> Faults => _faults;

    public IObservable<ConnectionState> State => Observable.Return(CurrentState);

    public ConnectionState CurrentState => Volatile.Read(ref _ended) == 0 ? ConnectionState.Connected : ConnectionState.Closed;

    public UdpEndpoint LocalEndpoint { get; } = new(IPAddress.Any, 0);

    public UdpEndpoint? RemoteEndpoint => null;

    public int MaximumPayloadSize => 65_535;

    public IScheduler Scheduler { get; }

    /// <summary>The datagrams of a capture, by the arguments.</summary>
    public static IObservable<Datagram> Open(ReplaySettings settings, IScheduler scheduler, IObserver<Fault>? faults) => CaptureFile.Replay(
        settings.File,
        new ReplayOptions { Speed = settings.Speed, MaximumGap = settings.MaximumGap },
        scheduler,
        new CaptureReadOptions { Port = settings.Port },
        faults);

    public void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            _replay.Disposable = Open(_settings, Scheduler, this).TakeUntil(_end).Subscribe(this);
        }
    }

    public void Send(ReadOnlySpan<byte> payload, UdpEndpoint? destination = null) => throw new NotSupportedException("A capture takes no datagrams.");

    public TransportStatistics GetStatistics()
    {
        lock (_gate)
        {
            return new TransportStatistics(new DatagramLedger(_delivered + _dropped.Values.Sum(), _delivered, _dropped), _bytes, 0, 0, 0, 0, 0);
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            End();
        }

        // Between two datagrams: the streams complete on this thread.
        _end.OnNext(Unit.Default);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    void IObserver<Datagram>.OnNext(Datagram value)
    {
        lock (_gate)
        {
            _delivered++;
            _bytes += value.Payload.Length;
        }

        _datagrams.OnNext(value);
    }

    void IObserver<Datagram>.OnError(Exception error)
    {
        _datagrams.OnError(error);
        End();
    }

    void IObserver<Datagram>.OnCompleted() => End();

    void IObserver<Fault>.OnNext(Fault value)
    {
        lock (_gate)
        {
            _dropped = _dropped.SetItem(value.Reason, _dropped.GetValueOrDefault(value.Reason) + value.Count);
        }

        _faultInput.OnNext(value);
    }

    void IObserver<Fault>.OnError(Exception error)
    {
        // Faults do not end by themselves.
    }

    void IObserver<Fault>.OnCompleted()
    {
        // Faults do not end by themselves.
    }

    private void End()
    {
        Volatile.Write(ref _ended, 1);
        _datagrams.OnCompleted();
        _faultInput.OnCompleted();
    }
}
