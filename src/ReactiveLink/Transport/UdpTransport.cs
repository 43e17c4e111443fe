using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Microsoft.Extensions.Logging;
using ReactiveLink.Diagnostics;
using ReactiveLink.Transport;

namespace ReactiveLink;

/// <summary>
/// Datagrams over a UDP socket: unicast, multicast and broadcast, IPv4, IPv6 and dual-stack, as a listener or a connected client.
/// One background thread receives. Bound when it is opened; receives from <see cref="Start"/> on.
/// <list type="table">
/// <listheader><term>what happens</term><description>output; counter; state</description></listheader>
/// <item><term>a datagram</term><description><see cref="Datagrams"/>; received and delivered</description></item>
/// <item><term>one larger than <see cref="UdpTransportOptions.MaximumDatagramSize"/></term>
/// <description>fault <c>truncated</c>; received and dropped</description></item>
/// <item><term>the system dropped some (Linux tells)</term>
/// <description>fault <c>kernel-drop</c> with their count, within 100 ms of traffic; received and dropped</description></item>
/// <item><term>ICMP "port unreachable", no buffers, network down and their kin</term><description>fault <c>socket-error</c>; socket errors</description></item>
/// <item><term>the socket is lost</term><description>fault <c>socket-error</c>; <see cref="ConnectionState.Reconnecting"/>, and once bound again on the
/// same port, with its groups, <see cref="ConnectionState.Connected"/>; rebinds</description></item>
/// <item><term>a subscriber throws</term><description>fault <c>subscriber-failed</c>; it loses its subscription</description></item>
/// <item><term>a send is refused</term><description>an exception and a fault <c>socket-error</c>; send errors</description></item>
/// <item><term>dispose</term><description><see cref="ConnectionState.Closed"/>; every stream completes after the callback in progress</description></item>
/// </list>
/// Faults about sending and those found by a snapshot are raised on the thread pool: neither ever calls an observer itself.
/// </summary>
public sealed partial class UdpTransport : IDatagramTransport, IReceiveLoopOwner
{
    /// <summary>How many faults or states may wait for one slow observer; further ones it misses, counted.</summary>
    private const int NotificationCapacity = 1024;

    /// <summary>How long <see cref="DisposeAsync"/> waits for a callback in progress.</summary>
    private static readonly TimeSpan LongestDispose = TimeSpan.FromSeconds(2);

    private readonly UdpSocketHolder _holder;
    private readonly ReceiveLoop _loop;
    private readonly ILogger _logger;
    private readonly Broadcaster<Datagram> _datagrams;
    private readonly SerializedHub<Fault> _faults;
    private readonly SerializedHub<ConnectionState> _states;
    private readonly DeferredFaults _deferred;
    private readonly PrioritySendQueue<OutgoingDatagram> _queue;
    private readonly Lock _stateGate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ConnectionState _state = ConnectionState.Connected;
    private Thread? _thread;
    private int _lifecycle;
    private int _disposed;
    private long _dropsAtClose;

    internal UdpTransport(UdpTransportOptions options, UdpEndpoint local, UdpEndpoint? remote, int maximumPayloadSize, IUdpSocketFactory factory)
    {
        Scheduler = options.Scheduler;
        RemoteEndpoint = remote;
        MaximumPayloadSize = maximumPayloadSize;
        LendsPayloads = options.PayloadMemory != PayloadMemory.Kept;
        _logger = options.LoggerFactory.CreateLogger<UdpTransport>();
        _datagrams = new Broadcaster<Datagram>(SubscriberFailed);
        _faults = new SerializedHub<Fault>(NotificationCapacity, SubscriberFailed);
        _states = new SerializedHub<ConnectionState>(ConnectionState.Connected, NotificationCapacity, SubscriberFailed);
        _deferred = new DeferredFaults(fault => _faults.OnNext(fault), NotificationCapacity);
        _queue = new PrioritySendQueue<OutgoingDatagram>(this, options.SendQueueCapacity);
        _holder = new UdpSocketHolder(factory.Open(local));
        try
        {
            _loop = new ReceiveLoop(this, _holder, factory, options, local, _logger);
        }
        catch
        {
            // A scheduler that throws: the socket is bound by now and must not stay so.
            _holder.Close();
            throw;
        }

        TransportLog.Guarded(_logger, l => TransportLog.Bound(l, LocalEndpoint));
    }

    private enum Lifecycle { Open, Started, EndedUnstarted }

    /// <inheritdoc/>
    public IObservable<Datagram> Datagrams => _datagrams;

    /// <inheritdoc/>
    public IObservable<Fault> Faults => _faults;

    /// <inheritdoc/>
    public IObservable<ConnectionState> State => _states;

    /// <inheritdoc/>
    public ConnectionState CurrentState
    {
        get
        {
            lock (_stateGate)
            {
                return _state;
            }
        }
    }

    /// <inheritdoc/>
    public UdpEndpoint LocalEndpoint => _loop.LocalEndpoint;

    /// <inheritdoc/>
    public UdpEndpoint? RemoteEndpoint { get; }

    /// <summary>
    /// The largest payload in bytes: 65,507 over IPv4, 65,527 over IPv6; for a dual-stack listener the smaller, which every remote can get.
    /// </summary>
    public int MaximumPayloadSize { get; }

    /// <inheritdoc/>
    public bool LendsPayloads { get; }

    /// <inheritdoc/>
    public IScheduler Scheduler { get; }

    internal Thread? ReceiveThread => Volatile.Read(ref _thread);

    /// <summary>Opens a transport: checks the options, resolves names and binds.</summary>
    /// <param name="options">The options; <see cref="UdpTransportOptions.Local"/> or <see cref="UdpTransportOptions.Remote"/> is needed.</param>
    /// <returns>A bound transport; call <see cref="Start"/> to receive.</returns>
    /// <exception cref="ArgumentException">Options are wrong; all errors are listed.</exception>
    /// <exception cref="LinkOpenException">It cannot be bound: the message says why and what to do.</exception>
    public static UdpTransport Open(UdpTransportOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var binding = UdpBinding.Resolve(options);
        var logger = options.LoggerFactory.CreateLogger<UdpTransport>();
        return new UdpTransport(options, binding.Local, binding.Remote, binding.MaximumPayloadSize, new UdpSocketFactory(binding, logger));
    }

    /// <summary>Opens a listener.</summary>
    /// <param name="endpoint">What to bind, as in <see cref="EndpointText"/>: <c>0.0.0.0:9000</c>, <c>:9000</c>.</param>
    /// <param name="configure">Changes the options, or null for the defaults.</param>
    /// <returns>A bound transport; call <see cref="Start"/> to receive.</returns>
    /// <exception cref="FormatException"><paramref name="endpoint"/> is not an endpoint.</exception>
    /// <exception cref="ArgumentException">Options are wrong; all errors are listed.</exception>
    /// <exception cref="LinkOpenException">It cannot be bound.</exception>
    public static UdpTransport Listen(string endpoint, Func<UdpTransportOptions, UdpTransportOptions>? configure = null) =>
        Open(UdpTransportOptionsErrors.Configured(new UdpTransportOptions { Local = EndpointText.Parse(endpoint) }, configure));

    /// <summary>Opens a client that is connected to a remote endpoint.</summary>
    /// <param name="endpoint">Where to send, as in <see cref="EndpointText"/>: <c>192.0.2.7:9000</c>, <c>plant.example:9000</c>.</param>
    /// <param name="configure">Changes the options, or null for the defaults.</param>
    /// <returns>A bound transport; call <see cref="Start"/> to receive.</returns>
    /// <exception cref="FormatException"><paramref name="endpoint"/> is not an endpoint.</exception>
    /// <exception cref="ArgumentException">Options are wrong; all errors are listed.</exception>
    /// <exception cref="LinkOpenException">It cannot be bound, or the name does not resolve.</exception>
    public static UdpTransport Connect(string endpoint, Func<UdpTransportOptions, UdpTransportOptions>? configure = null) =>
        Open(UdpTransportOptionsErrors.Configured(new UdpTransportOptions { Remote = EndpointText.Parse(endpoint) }, configure));

    /// <summary>
    /// Begins to receive, on one background thread; until then the system buffers what arrives. Idempotent. Subscribe before the call to miss
    /// nothing. A lost socket is noticed and bound again by that thread, so start a transport that only sends as well.
    /// </summary>
    public void Start()
    {
        if (Interlocked.CompareExchange(ref _lifecycle, (int)Lifecycle.Started, (int)Lifecycle.Open) != (int)Lifecycle.Open)
        {
            return;
        }

        var thread = new Thread(Receive) { IsBackground = true, Name = "ReactiveLink receive " + LocalEndpoint };
        Volatile.Write(ref _thread, thread);
        thread.Start();
    }

    /// <inheritdoc/>
    public TransportStatistics GetStatistics()
    {
        ObserveDrops();
        return _loop.Ledger.Read().ToStatistics(_holder.Drops.Total) with
        {
            DatagramsSent = Interlocked.Read(ref _sent),
            BytesSent = Interlocked.Read(ref _bytesSent),
            SendErrors = Interlocked.Read(ref _sendErrors),
            SocketErrors = _loop.SocketErrors,
            Rebinds = _loop.Rebinds,
            OversizeSends = Interlocked.Read(ref _oversize),
            EndpointsEvicted = _loop.EndpointsEvicted,
            MissedNotifications = _faults.Dropped + _states.Dropped + _deferred.Missed,
            SendQueue = _queue.GetStatistics(),
        };
    }

    /// <summary>
    /// Closes the socket at once. Streams complete on the receive thread after the callback in progress, which is not waited for, or on this
    /// thread if the transport was never started. Idempotent; may be called from any callback.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        lock (_stateGate)
        {
            _state = _state == ConnectionState.Error ? _state : ConnectionState.Closed;
        }

        Volatile.Write(ref _dropsAtClose, _holder.Drops.Observe());
        _holder.Close();
        _queue.Dispose();
        if (Interlocked.CompareExchange(ref _lifecycle, (int)Lifecycle.EndedUnstarted, (int)Lifecycle.Open) == (int)Lifecycle.Open)
        {
            End(error: null);
        }
    }

    /// <summary>
    /// As <see cref="Dispose"/>, and waits until the receive thread has ended and the streams are complete; at most 2 s of the scheduler's
    /// time for a callback in progress, and not at all on the receive thread itself. So a callback that waits for this cannot deadlock.
    /// </summary>
    /// <returns>Completes then.</returns>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return _ended.Task.IsCompleted || Thread.CurrentThread == Volatile.Read(ref _thread) ? default : new ValueTask(WaitForEndAsync());
    }

    void IReceiveLoopOwner.Deliver(in Datagram datagram) => _datagrams.Send(in datagram);

    void IReceiveLoopOwner.Raise(in Fault fault) => _faults.OnNext(fault);

    void IReceiveLoopOwner.Change(ConnectionState state)
    {
        lock (_stateGate)
        {
            if (_state is ConnectionState.Closed or ConnectionState.Error)
            {
                return;
            }

            _state = state;
        }

        _states.OnNext(state);
    }

    /// <summary>Brings the system's drops up to date, from a thread that must call nobody.</summary>
    private void ObserveDrops()
    {
        var increase = _holder.Drops.Observe();
        if (increase > 0)
        {
            _deferred.Post(new Fault(FaultReason.KernelDrop, Scheduler.SafeNow(), Count: increase));
        }
    }

    private void SubscriberFailed(Exception exception) =>
        _faults.OnNext(new Fault(FaultReason.SubscriberFailed, Scheduler.SafeNow(), Exception: exception));

    /// <summary>The receive thread.</summary>
    private void Receive()
    {
        Exception? failure = null;
        try
        {
            _loop.Run();
        }
        catch (Exception exception)
        {
            // Not a socket's error, those are handled: a scheduler or a defect. The streams must end, and say so.
            failure = exception;
        }

        End(failure);
    }

    private void End(Exception? error)
    {
        ConnectionState last;
        lock (_stateGate)
        {
            last = _state = error is null ? ConnectionState.Closed : ConnectionState.Error;
        }

        // Before the first stream ends: who hears of that end (a link) may take no more faults after it.
        TellFaultsAtClose();
        if (error is null)
        {
            TransportLog.Guarded(_logger, l => TransportLog.Closed(l, LocalEndpoint));
            _datagrams.OnCompleted();
        }
        else
        {
            _holder.Close();
            _queue.Dispose();
            TransportLog.Guarded(_logger, l => TransportLog.Failed(l, error, LocalEndpoint));
            _datagrams.OnError(error);
        }

        _states.OnNext(last);
        _states.Terminate(error);
        _deferred.Drain();
        _faults.Terminate(error: null);
        _ended.TrySetResult();
    }

    private void TellFaultsAtClose()
    {
        _deferred.Drain();
        var drops = Interlocked.Exchange(ref _dropsAtClose, 0);
        if (drops > 0)
        {
            _faults.OnNext(new Fault(FaultReason.KernelDrop, Scheduler.SafeNow(), Count: drops));
        }
    }

    private async Task WaitForEndAsync()
    {
        var waitedLongEnough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        IDisposable timer;
        try
        {
            timer = Scheduler.Schedule(waitedLongEnough, LongestDispose, static (_, source) =>
            {
                source.TrySetResult();
                return Disposable.Empty;
            });
        }
        catch (Exception)
        {
            // A scheduler that was disposed first: without a limit one might wait for ever, and the socket is closed already.
            return;
        }

        using (timer)
        {
            await Task.WhenAny(_ended.Task, waitedLongEnough.Task).ConfigureAwait(false);
        }
    }
}
