using System.Collections.Immutable;
using System.Reactive.Concurrency;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ReactiveLink;

/// <summary>
/// How a <see cref="UdpTransport"/> is opened. Immutable; every default is a good start, only <see cref="Local"/> or <see cref="Remote"/> must be set.
/// </summary>
public sealed record UdpTransportOptions
{
    /// <summary>
    /// The local endpoint to bind; port 0 lets the system choose. Default null: for a client any address of the remote's family with port 0.
    /// A listener needs it.
    /// </summary>
    public EndpointText? Local { get; init; }

    /// <summary>
    /// The remote endpoint of a connected client, to which sends go by default and from which alone datagrams are received. Default null: a
    /// listener. A multicast group, or any remote with <see cref="Broadcast"/> set, is only the default destination: replies come from everyone's own address.
    /// A name is resolved once, when the transport opens.
    /// </summary>
    public EndpointText? Remote { get; init; }

    /// <summary>
    /// Whether an IPv6 socket carries IPv4 as well; IPv4 endpoints then appear as IPv4. Default null: yes when bound to <c>[::]</c>.
    /// </summary>
    public bool? DualStack { get; init; }

    /// <summary>
    /// The multicast groups to join. Default none. Datagrams for other groups, joined by other sockets of the machine, are not received.
    /// </summary>
    public ImmutableArray<MulticastGroup> MulticastGroups { get; init; } = [];

    /// <summary>How many routers a multicast datagram sent may pass, 0 to 255. Default 1: it stays in the local network.</summary>
    public int MulticastTimeToLive { get; init; } = 1;

    /// <summary>Whether multicast datagrams sent are received by sockets of this machine too. Default true.</summary>
    public bool MulticastLoopback { get; init; } = true;

    /// <summary>
    /// The interface that multicast datagrams leave by: its index, name or address. Default null: that of the first group which names one,
    /// or else what the routing table says.
    /// </summary>
    public string? MulticastInterface { get; init; }

    /// <summary>Whether datagrams may be sent to broadcast addresses. Default false. Broadcasts are received either way.</summary>
    public bool Broadcast { get; init; }

    /// <summary>Whether other sockets may bind the same address and port: several receivers of one multicast group. Default false.</summary>
    public bool ReuseAddress { get; init; }

    /// <summary>
    /// The system's receive buffer in bytes; 0 leaves the system's default. Default 4 MiB. A system that grants less is logged once per socket.
    /// </summary>
    public int ReceiveBufferSize { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// Whether <see cref="ReceiveBufferSize"/> may exceed the system's limit (SO_RCVBUFFORCE on Linux; needs CAP_NET_ADMIN, without which the limit
    /// holds and is logged). Default false.
    /// </summary>
    public bool ForceReceiveBuffer { get; init; }

    /// <summary>The system's send buffer in bytes; 0 leaves the system's default. Default 0.</summary>
    public int SendBufferSize { get; init; }

    /// <summary>
    /// The largest payload received, 1 to 65535 bytes. Default 65535, which is every datagram. A larger one is a
    /// <see cref="FaultReason.Truncated"/> fault and never delivered cut.
    /// </summary>
    public int MaximumDatagramSize { get; init; } = 65535;

    /// <summary>For how long a payload's memory is its subscribers'. Default <see cref="PayloadMemory.Kept"/>: for good.</summary>
    public PayloadMemory PayloadMemory { get; init; }

    /// <summary>
    /// Whether the system may hand over datagrams of one remote and one size in one piece (UDP_GRO on Linux 5.0 and later), which is much cheaper
    /// where the sender or the network card makes such pieces. They are split again: subscribers see every datagram with its own size,
    /// in order. No delay is added. Default true. A piece that the system drops counts as one <see cref="FaultReason.KernelDrop"/>, for it tells no more.
    /// </summary>
    public bool ReceiveCoalescing { get; init; } = true;

    /// <summary>
    /// Whether datagrams that the system dropped are told right before the one that follows them (SO_RXQ_OVFL on Linux) and not within 100 ms. They
    /// are counted once and completely either way. Default false: once a socket has dropped anything, every further datagram costs the system more.
    /// </summary>
    public bool PromptKernelDrops { get; init; }

    /// <summary>
    /// Whether <see cref="Datagram.ReceivedAt"/> is when the system received the datagram (SO_TIMESTAMPNS on Linux) and not when the transport took
    /// it from the system. Used only where <see cref="Scheduler"/> is one of Rx's own that run on the wall clock: never in virtual time.
    /// <see cref="Datagram.Elapsed"/> is not affected. Default false: it costs the system some time for every datagram of the machine.
    /// The system begins to stamp a moment after the first socket of the machine has asked for it; until then its stamp is that of the reading.
    /// </summary>
    public bool KernelTimestamps { get; init; }

    /// <summary>
    /// How many sends may wait in <see cref="UdpTransport.SendAsync"/>, 1 to 1,000,000. Default 1024. When full, a waiting item of the
    /// lowest lower priority gives way, or else the new one is refused; either is a counted <see cref="FaultReason.QueueFull"/> fault.
    /// </summary>
    public int SendQueueCapacity { get; init; } = 1024;

    /// <summary>
    /// Whether runs of datagrams of one size in a batch to one destination may go to the system as one buffer, which it or the network card cuts (UDP_SEGMENT
    /// of Linux; where it is not known or refused they go one by one). What is received is the same; a capture on the sending machine may show them uncut.
    /// Default true.
    /// </summary>
    public bool SendSegmentation { get; init; } = true;

    /// <summary>How datagrams are exchanged with the system. Default: the fastest way that the system has.</summary>
    public SocketEngine Engine { get; init; } = SocketEngine.Automatic;

    /// <summary>The source of time. Default <see cref="DefaultScheduler.Instance"/>.</summary>
    public IScheduler Scheduler { get; init; } = DefaultScheduler.Instance;

    /// <summary>How long a lost socket waits before it is first bound again. Default 100 ms. It doubles with each failure.</summary>
    public TimeSpan RebindDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest wait between two attempts to bind again. Default 5 s.</summary>
    public TimeSpan MaximumRebindDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How many remote endpoints are remembered so that each is one object, 16 to 16,777,216. Default 65,536. When full, those not heard of
    /// for longest (by halves of the table) are forgotten and counted; a forgotten one that returns is a new, equal object.
    /// </summary>
    public int MaximumInternedEndpoints { get; init; } = 65_536;

    /// <summary>After how long without a datagram a remote endpoint may be forgotten; at the latest after twice as long. Default 5 minutes.</summary>
    public TimeSpan EndpointIdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Where to log. Default nowhere.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Checks all options at once.</summary>
    /// <exception cref="ArgumentException">Some are wrong; the message lists every error and says what to do.</exception>
    public void Validate() => Transport.UdpTransportOptionsErrors.ThrowIfAny(this);
}
