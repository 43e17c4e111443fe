using System.Collections.Immutable;
using System.Net;
using System.Reactive.Concurrency;

namespace ReactiveLink.Testing;

/// <summary>A machine in a <see cref="VirtualNetwork"/>: addresses, a clock, and transports. It has the loopback addresses besides its own.</summary>
public sealed partial class VirtualHost
{
    private readonly HostClock _clock;

    internal VirtualHost(VirtualNetwork network, string name, ImmutableArray<Subnet> subnets, VirtualNat? nat, HostClock clock, IScheduler scheduler)
    {
        Network = network;
        Name = name;
        Subnets = subnets;
        Nat = nat;
        _clock = clock;
        Scheduler = new HostScheduler(scheduler, clock);
        Addresses = [.. subnets.Select(subnet => subnet.Address)];
    }

    /// <summary>Its name, which endpoint texts may use: <c>plant:9000</c>.</summary>
    public string Name { get; }

    /// <summary>Its addresses, in the order given.</summary>
    public ImmutableArray<IPAddress> Addresses { get; }

    /// <summary>The NAT that it is behind, or null.</summary>
    public VirtualNat? Nat { get; }

    /// <summary>The network.</summary>
    public VirtualNetwork Network { get; }

    /// <summary>
    /// Time as this host sees it, and the scheduler of its transports: the network's scheduler, whose clock is wrong by <see cref="ClockOffset"/> and whose
    /// clock, stopwatch and timers run at the wrong pace by <see cref="ClockDrift"/>.
    /// </summary>
    public IScheduler Scheduler { get; }

    /// <summary>By how much its clock is ahead of the network's; negative if behind. Default 0. Setting it is a step of the clock; durations do not see it.</summary>
    public TimeSpan ClockOffset
    {
        get => _clock.Offset;
        set => _clock.Set(value, drift: null);
    }

    /// <summary>
    /// By which part its clock is faster, from -0.5 to 1: 0.0001 is 100 ppm, or 8.64 s a day. Default 0. Timers that are running keep the pace they were set at.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double ClockDrift
    {
        get => _clock.Drift;
        set
        {
            if (value is not (>= -0.5 and <= 1))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "Use -0.5 to 1.");
            }

            _clock.Set(offset: null, value);
        }
    }

    /// <summary>Whether it is up.</summary>
    public bool IsUp
    {
        get
        {
            lock (Network.Gate)
            {
                return Up;
            }
        }
    }

    internal ImmutableArray<Subnet> Subnets { get; }

    /// <summary>A monotonic time by the host's clock.</summary>
    internal TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>Opens a listener.</summary>
    /// <param name="endpoint">What to bind, as in <see cref="EndpointText"/>: <c>*:9000</c>, <c>10.0.0.1:0</c>.</param>
    /// <param name="configure">Changes the options, or null for the defaults.</param>
    /// <returns>A bound transport; call <see cref="VirtualTransport.Start"/>, or give it to <see cref="UdpLink.Over"/>.</returns>
    /// <exception cref="FormatException"><paramref name="endpoint"/> is not an endpoint.</exception>
    /// <exception cref="ArgumentException">Options are wrong; all errors are listed.</exception>
    /// <exception cref="LinkOpenException">It cannot be bound.</exception>
    public VirtualTransport Listen(string endpoint, Func<UdpTransportOptions, UdpTransportOptions>? configure = null) =>
        Open(Configured(new UdpTransportOptions { Local = EndpointText.Parse(endpoint) }, configure));

    /// <summary>Opens a client that is connected to a remote endpoint.</summary>
    /// <param name="endpoint">Where to send: an address or the name of a host, and a port.</param>
    /// <param name="configure">Changes the options, or null for the defaults.</param>
    /// <returns>A bound transport; call <see cref="VirtualTransport.Start"/>, or give it to <see cref="UdpLink.Over"/>.</returns>
    /// <exception cref="FormatException"><paramref name="endpoint"/> is not an endpoint.</exception>
    /// <exception cref="ArgumentException">Options are wrong; all errors are listed.</exception>
    /// <exception cref="LinkOpenException">It cannot be bound, or there is no host of that name.</exception>
    public VirtualTransport Connect(string endpoint, Func<UdpTransportOptions, UdpTransportOptions>? configure = null) =>
        Open(Configured(new UdpTransportOptions { Remote = EndpointText.Parse(endpoint) }, configure));

    /// <summary>
    /// Opens a transport with the options of a real one. Those about what only a system has (send buffer, engine, interfaces, stamps, coalescing), logging and
    /// the send queue have no effect; <see cref="UdpTransportOptions.ReceiveBufferSize"/> has. <see cref="UdpTransportOptions.Scheduler"/> is the host's.
    /// </summary>
    /// <param name="options">The options; <see cref="UdpTransportOptions.Local"/> or <see cref="UdpTransportOptions.Remote"/> is needed.</param>
    /// <returns>A bound transport.</returns>
    /// <exception cref="ArgumentException">Options are wrong; all errors are listed.</exception>
    /// <exception cref="LinkOpenException">It cannot be bound, or there is no host of that name.</exception>
    public VirtualTransport Open(UdpTransportOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var binding = VirtualBinding.Resolve(this, options);
        var transport = new VirtualTransport(this, binding);
        lock (Network.Gate)
        {
            ObjectDisposedException.ThrowIf(Network.IsDisposed, Network);
            if (Bind(transport) is { } error)
            {
                throw VirtualBinding.CannotBind(binding.Local, error);
            }

            Transports = Transports.Add(transport);
        }

        return transport;
    }

    /// <summary>
    /// The host stops dead. Its transports lose their sockets and what was in their buffers; a started one tells a fault, becomes
    /// <see cref="ConnectionState.Reconnecting"/> and tries to bind again, by <see cref="UdpTransportOptions.RebindDelay"/>. What arrives meanwhile is lost.
    /// Idempotent.
    /// </summary>
    public void Crash() => Network.SetUp(this, up: false);

    /// <summary>The host is up again: the next attempt of each transport to bind succeeds. Idempotent.</summary>
    public void Restart() => Network.SetUp(this, up: true);

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static UdpTransportOptions Configured(UdpTransportOptions options, Func<UdpTransportOptions, UdpTransportOptions>? configure) =>
        configure is null
            ? options
            : configure(options) ?? throw new ArgumentException("The function returned null. Return the options that it was given, changed or not.", nameof(configure));
}
