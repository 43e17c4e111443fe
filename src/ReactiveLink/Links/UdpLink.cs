using System.Reactive.Concurrency;
using Microsoft.Extensions.Logging;
using ReactiveLink.Diagnostics;
using ReactiveLink.Links;
using ReactiveLink.Routing;

namespace ReactiveLink;

/// <summary>
/// A transport, a frame format and a codec composed: datagrams come in as streams of frames and messages, handlers are routed to, messages go out.
/// <list type="table">
/// <listheader><term>what happens</term><description>streams, faults, counters, state</description></listheader>
/// <item><term>a good datagram</term><description><see cref="Datagrams"/>, <see cref="Frames"/>, <see cref="Messages"/>, routes; counted as delivered</description></item>
/// <item><term>a bad frame, an unreadable message, too many peers</term><description>a <see cref="Fault"/>; counted as dropped for its reason</description></item>
/// <item><term>a duplicate, late or gap</term><description>delivered with its <see cref="Verdict"/>; counted in <see cref="LinkStatistics.Sequence"/></description></item>
/// <item><term>an answer to a request</term><description><see cref="Datagrams"/>, <see cref="Frames"/>, and whoever asked; counted in <see cref="LinkStatistics.Requests"/></description></item>
/// <item><term>a handler fails, hangs, or its queue is full</term><description>a fault; the others and the streams go on</description></item>
/// <item><term>a subscriber throws</term><description>it loses its subscription; a fault; the others go on</description></item>
/// <item><term>the socket is lost</term><description><see cref="State"/> is reconnecting until it is bound again</description></item>
/// <item><term>dispose</term><description>state closed; every stream completes</description></item>
/// </list>
/// Streams are hot. Receiving starts with the first consumer: a subscription to <see cref="Datagrams"/>, <see cref="Frames"/> or <see cref="Messages"/>, a
/// handler, a <see cref="ReceiveAsync"/>, or with <see cref="Start"/> alone where <see cref="LinkOptions.AutoStart"/> is off; until then the system buffers
/// what arrives. Any member may be called from any callback, on any thread.
/// </summary>
public sealed partial class UdpLink : IDisposable, IAsyncDisposable
{
    private static UdpLink? _default;

    private readonly LinkOptions _options;
    private readonly IDatagramTransport _transport;
    private readonly IScheduler _scheduler;
    private readonly ILogger _logger;
    private readonly FaultCenter _faults;
    private readonly MessageInbox _inbox;
    private readonly Router _router;
    private readonly LinkReceiver _receiver;
    private readonly LinkSender _sender;
    private readonly StatisticsStream _statistics;
    private readonly LinkMeter? _meter;
    private readonly Heartbeats? _heartbeats;
    private readonly PeerWheel _wheel;
    private Baseline _baseline = Baseline.Zero;
    private int _started;
    private int _ended;

    private UdpLink(IDatagramTransport transport, LinkOptions options)
    {
        _options = options;
        _transport = transport;
        _scheduler = transport.Scheduler;
        _logger = FaultCenter.CreateLogger(options.LoggerFactory);
        _faults = new FaultCenter(_scheduler, _logger, options.FaultLogInterval);
        _inbox = new MessageInbox(options.ReceiveCapacity, _scheduler);
        _router = new Router(_scheduler, _faults.Report);
        _receiver = new LinkReceiver(options, _scheduler, _faults, _router, _inbox, ConsumerCame, Ended) { IsBorrowing = transport.LendsPayloads };
        _sender = new LinkSender(transport, options, _faults, () => _receiver.Counters.Received);
        _heartbeats = options.Heartbeat is { } heartbeat ? new Heartbeats(heartbeat, _receiver.Liveness, new HeartbeatSender(this), options.Transport.Broadcast) : null;
        _receiver.Heartbeats = _heartbeats;
        _wheel = new PeerWheel(
            _receiver.Liveness, _scheduler, options.Heartbeat?.Interval ?? (options.SilentAfter / HeartbeatsInSilence), _heartbeats is { } beats ? beats.Beat : null, _faults.SubscriberFailed);
        _receiver.Wheel = _wheel;
        Peers = new StartingObservable<PeerTransition>(_wheel, ConsumerCame);
        _statistics = new StatisticsStream(GetStatistics, options.StatisticsInterval, _scheduler, _faults.SubscriberFailed);
        Datagrams = new StartingObservable<Datagram>(transport.Datagrams, ConsumerCame);
        _meter = CreateMeter();
        transport.Faults.Subscribe(new FaultForwarder(_faults));
        transport.State.Subscribe(new StateLogger(this));
        transport.Datagrams.Subscribe(_receiver);
        _wheel.Start();
    }

    /// <summary>A process-wide default link, for programs that have just one. Null until it is set; setting it disposes nothing.</summary>
    public static UdpLink? Default
    {
        get => Volatile.Read(ref _default);
        set => Volatile.Write(ref _default, value);
    }

    /// <summary>Every datagram as it came, before its frame is read. Hot.</summary>
    public IObservable<Datagram> Datagrams { get; }

    /// <summary>Every good frame with what sequencing says of it. Hot. Frames of a format without sequence are in order and have no peer.</summary>
    public IObservable<Sequenced<Frame>> Frames => _receiver.Frames;

    /// <summary>
    /// Every message. Hot. Duplicates and late ones are among them, with their verdicts; what links tell each other is not: answers to requests, and
    /// heartbeats where <see cref="LinkOptions.Heartbeat"/> is on.
    /// </summary>
    public IObservable<Message> Messages => _receiver.Messages;

    /// <summary>What was refused or lost. Hot; completes with the link.</summary>
    public IObservable<Fault> Faults => _faults.Stream;

    /// <summary>The state: the current value first, then every change.</summary>
    public IObservable<ConnectionState> State => _transport.State;

    /// <summary>A snapshot now, then one every <see cref="LinkOptions.StatisticsInterval"/>, and a last one when the link closes.</summary>
    public IObservable<LinkStatistics> Statistics => _statistics;

    /// <summary>The state now.</summary>
    public ConnectionState CurrentState => _transport.CurrentState;

    /// <summary>The local endpoint, with the port that the system chose if 0 was asked for.</summary>
    public UdpEndpoint LocalEndpoint => _transport.LocalEndpoint;

    /// <summary>The remote endpoint of a client link, or null for a listener.</summary>
    public UdpEndpoint? RemoteEndpoint => _transport.RemoteEndpoint;

    /// <summary>Opens a link that listens.</summary>
    /// <param name="endpoint">Where: <c>host:port</c>, <c>[v6]:port</c>, <c>:port</c> for any address, with or without <c>udp://</c>; port 8080 when absent, 0 for any free one.</param>
    /// <param name="configure">Changes to the default options.</param>
    /// <returns>The link, bound.</returns>
    /// <exception cref="FormatException"><paramref name="endpoint"/> is not an endpoint; the message says what is wrong and what to write.</exception>
    /// <exception cref="ArgumentException">The options are not valid; the message names every error, of the link's and the transport's options.</exception>
    /// <exception cref="LinkOpenException">The socket could not be bound; the message says why.</exception>
    public static UdpLink Open(string endpoint, Func<LinkOptions, LinkOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var options = Configure(configure);
        return OpenOver(options with { Transport = options.Transport with { Local = EndpointText.Parse(endpoint) } });
    }

    /// <summary>Opens a link toward one remote endpoint; datagrams from others are not received, unless the remote is a group or <c>Transport.Broadcast</c> is set.</summary>
    /// <param name="endpoint">Where: as in <see cref="Open"/>.</param>
    /// <param name="configure">Changes to the default options.</param>
    /// <returns>The link, bound to a free local port unless the options name one.</returns>
    /// <exception cref="FormatException"><paramref name="endpoint"/> is not an endpoint; the message says what is wrong and what to write.</exception>
    /// <exception cref="ArgumentException">The options are not valid; the message names every error, of the link's and the transport's options.</exception>
    /// <exception cref="LinkOpenException">The name could not be resolved or the socket not be bound; the message says why.</exception>
    public static UdpLink Connect(string endpoint, Func<LinkOptions, LinkOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var options = Configure(configure);
        return OpenOver(options with { Transport = options.Transport with { Remote = EndpointText.Parse(endpoint) } });
    }

    /// <summary>Builds a link over any transport, for example a virtual one.</summary>
    /// <param name="transport">The transport, not yet started; the link disposes it.</param>
    /// <param name="options">The options; their <see cref="LinkOptions.Transport"/> is not used.</param>
    /// <returns>The link.</returns>
    /// <exception cref="ArgumentException">The options are not valid; the message names every error.</exception>
    public static UdpLink Over(IDatagramTransport transport, LinkOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(transport);
        options ??= new LinkOptions();
        options.Validate(nameof(options), withTransport: false);
        var link = new UdpLink(transport, options);
        try
        {
            Log.LinkOpen(link._logger, transport.LocalEndpoint, transport.RemoteEndpoint ?? (object)"any", options.Frame.Name, options.Codec.Name);
        }
        catch (Exception exception)
        {
            // A logger that throws costs its line, not the link.
            link._faults.Report(FaultReason.SubscriberFailed, exception: exception, detail: "logger");
        }

        return link;
    }

    /// <summary>
    /// Begins to receive, if no consumer has begun it yet. Idempotent. A lost socket is noticed and bound again while receiving, so start a
    /// link that only sends as well: <see cref="SendAsync(MessageMetadata, ReadOnlyMemory{byte}, UdpEndpoint, CancellationToken)"/> does not, lest an answer come before its subscriber.
    /// </summary>
    public void Start()
    {
        if (Volatile.Read(ref _started) == 0 && Interlocked.Exchange(ref _started, 1) == 0)
        {
            _wheel.Start();
            _transport.Start();
        }
    }

    /// <summary>
    /// The next message. From the first call on, messages wait for the next call in a queue of <see cref="LinkOptions.ReceiveCapacity"/>.
    /// </summary>
    /// <param name="timeout">How long to wait, by the scheduler; zero only looks; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <param name="cancellationToken">Ends the wait with a cancelled task.</param>
    /// <returns>
    /// The message, or null when the time is up (counted) or the link is closed. The task fails with an <see cref="InvalidOperationException"/> if
    /// <see cref="LinkOptions.ReceiveCapacity"/> calls wait already.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative, or more than 24 days.</exception>
    public Task<Message?> ReceiveAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        if ((timeout < TimeSpan.Zero || timeout > LinkOptions.LongestInterval) && timeout != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(
                nameof(timeout), timeout, "Give zero, a positive time of at most 24 days, or Timeout.InfiniteTimeSpan.");
        }

        var task = _inbox.ReceiveAsync(timeout, cancellationToken);
        ConsumerCame();
        return task;
    }

    /// <summary>Ends the link: state closed, every stream completes, handlers are cancelled, the socket is closed. Idempotent; blocks on nothing.</summary>
    public void Dispose()
    {
        _wheel.Stop();
        _receiver.Requests.Close(new ObjectDisposedException(nameof(UdpLink)));
        _sender.Dispose();
        _router.Dispose();
        _transport.Dispose();
    }

    /// <summary>As <see cref="Dispose"/>, and waits until the receive thread has ended, but never on a callback that waits for this call.</summary>
    /// <returns>A task that completes when the link is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        await _transport.DisposeAsync().ConfigureAwait(false);
    }

    private static LinkOptions Configure(Func<LinkOptions, LinkOptions>? configure)
    {
        var options = configure is null ? new LinkOptions() : configure(new LinkOptions());
        return options ?? throw new ArgumentException("The configure function returned null; return the options, changed with `with`.", nameof(configure));
    }

    private static UdpLink OpenOver(LinkOptions options)
    {
        options.Validate(nameof(options), withTransport: true);
        var transport = UdpTransport.Open(options.LoggerFactory is { } log ? options.Transport with { LoggerFactory = log } : options.Transport);
        try
        {
            return Over(transport, options);
        }
        catch
        {
            transport.Dispose();
            throw;
        }
    }

    private void ConsumerCame()
    {
        if (_options.AutoStart)
        {
            Start();
        }
    }

    /// <summary>The transport's datagram stream ended; runs once, after the last datagram.</summary>
    private void Ended(Exception? error)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return;
        }

        _sender.Dispose();
        _router.Dispose();
        _inbox.Complete();
        _statistics.Complete();
        _wheel.End(error);
        _receiver.Requests.Close(error ?? new ObjectDisposedException(nameof(UdpLink)));
        _meter?.Dispose();
        _faults.End(error);

        // Last: a logger that throws is caught by the stream that called, and everything else is done by then.
        if (error is null)
        {
            var ledger = GetStatistics().Ledger;
            Log.LinkClosed(_logger, LocalEndpoint, ledger.Received, ledger.Delivered, ledger.TotalDropped);
        }
        else
        {
            Log.LinkFailed(_logger, error, LocalEndpoint);
        }
    }

    private sealed class FaultForwarder(FaultCenter faults) : IObserver<Fault>
    {
        public void OnNext(Fault value) => faults.Report(value);

        public void OnError(Exception error)
        {
            // The datagram stream carries the same error and ends the link.
        }

        public void OnCompleted()
        {
            // The datagram stream completes too and ends the link.
        }
    }

    private sealed class StateLogger(UdpLink link) : IObserver<ConnectionState>
    {
        public void OnNext(ConnectionState value) => Log.StateChanged(link._logger, link.LocalEndpoint, value);

        public void OnError(Exception error)
        {
            // Logged when the datagram stream ends.
        }

        public void OnCompleted()
        {
            // Logged when the datagram stream ends.
        }
    }
}
