using System.Collections.Immutable;
using System.Net;
using System.Reactive.Concurrency;

namespace ReactiveLink.Testing;

/// <summary>
/// A network of hosts on any scheduler that waits without blocking: a TestScheduler, a HistoricalScheduler, a real one. Its transports are
/// <see cref="IDatagramTransport"/>s like any other. With the same seed, the same sends at the same ticks meet the same fates, and arrive with the same bytes
/// at the same ticks; a path's random streams depend on the seed, the names of its two hosts and the number of the datagram on that path alone.
/// <list type="table">
/// <listheader><term>what happens</term><description>what follows</description></listheader>
/// <item><term>a transport sends</term><description>an event, and one copy on the way for each receiving host</description></item>
/// <item><term>a copy arrives</term><description>it goes into the receive buffers; the observers of those transports are called on the scheduler</description></item>
/// <item><term>nobody is bound there</term><description>an event; a connected sender is told after the latency of the way back, by a <c>socket-error</c> fault</description></item>
/// <item><term>an event</term><description>observers of the log are called on the scheduler, never within the call that made it</description></item>
/// <item><term>an observer of the log throws</term><description>it loses its subscription; <see cref="Failures"/></description></item>
/// <item><term>dispose</term><description>every transport is closed, what is on its way is gone, the log completes</description></item>
/// </list>
/// A TestScheduler does nothing at the tick it is told to, but a tick later: there, what takes no time takes one tick. Any member may be called from any
/// callback, on any thread.
/// </summary>
public sealed partial class VirtualNetwork : IDisposable
{
    internal static readonly PathConditions Perfect = new();

    private readonly IScheduler _scheduler;
    private readonly VirtualNetworkOptions _options;
    private readonly IStopwatch _watch;
    private readonly EventLog _log;
    private readonly Dictionary<(VirtualHost From, VirtualHost To), VirtualPath> _paths = [];
    private PathConditions _conditions;
    private ImmutableSortedDictionary<string, VirtualHost> _hosts = ImmutableSortedDictionary.Create<string, VirtualHost>(StringComparer.Ordinal);
    private ImmutableDictionary<IPAddress, VirtualHost> _byAddress = ImmutableDictionary<IPAddress, VirtualHost>.Empty;
    private ImmutableDictionary<IPAddress, VirtualNat> _nats = ImmutableDictionary<IPAddress, VirtualNat>.Empty;

    /// <summary>Makes a network.</summary>
    /// <param name="scheduler">Its time and where it works.</param>
    /// <param name="seed">Any number.</param>
    /// <param name="options">The options, or null for the defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="scheduler"/> is null.</exception>
    /// <exception cref="ArgumentException">The options are not valid; the message lists every error.</exception>
    public VirtualNetwork(IScheduler scheduler, ulong seed = 0, VirtualNetworkOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        _options = options ?? new VirtualNetworkOptions();
        _options.Validate(nameof(options));
        _scheduler = scheduler;
        Seed = seed;
        _conditions = _options.Conditions;
        Start = scheduler.Now.ToUniversalTime();
        _watch = scheduler.StartStopwatch();
        _log = new EventLog(_options.MaximumWaitingEvents);
    }

    /// <summary>The seed.</summary>
    public ulong Seed { get; }

    /// <summary>When it was made, by the scheduler's clock.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>Everything that happens, hot, in the order in which it happens. Completes with the network.</summary>
    public IObservable<NetworkEvent> Events => _log.Stream;

    /// <summary>What observers of <see cref="Events"/> threw; the first 100.</summary>
    public IReadOnlyList<Exception> Failures => _log.Failures;

    /// <summary>The hosts by name.</summary>
    public IReadOnlyDictionary<string, VirtualHost> Hosts => Volatile.Read(ref _hosts);

    /// <summary>The conditions on every path that has none of its own, except from a host to itself. May be changed at any time.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    /// <exception cref="ArgumentException">They are not valid; the message lists every error.</exception>
    public PathConditions Conditions
    {
        get => Volatile.Read(ref _conditions);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            value.Validate(nameof(value));
            Volatile.Write(ref _conditions, value);
        }
    }

    internal Lock Gate { get; } = new();

    internal bool IsDisposed { get; private set; }

    /// <summary>Adds a host.</summary>
    /// <param name="name">Its name; endpoint texts may use it.</param>
    /// <param name="addresses">Its addresses, with or without the length of the prefix (/24 and /64 unless given): <c>10.0.0.1</c>, <c>2001:db8::1/48</c>.</param>
    /// <returns>The host, up.</returns>
    /// <exception cref="ArgumentException">The name or an address is taken, or there is no address.</exception>
    /// <exception cref="FormatException">An address cannot be read.</exception>
    public VirtualHost AddHost(string name, params string[] addresses) => AddHost(name, nat: null, addresses);

    /// <summary>Adds a host behind a NAT.</summary>
    /// <param name="name">Its name; endpoint texts may use it.</param>
    /// <param name="nat">The NAT, or null. Hosts elsewhere do not reach the host's own addresses through it.</param>
    /// <param name="addresses">Its addresses, as for a host without NAT.</param>
    /// <returns>The host, up.</returns>
    /// <exception cref="ArgumentException">The name or an address is taken, or there is no address.</exception>
    /// <exception cref="FormatException">An address cannot be read.</exception>
    public VirtualHost AddHost(string name, VirtualNat? nat, params string[] addresses)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(addresses);
        ImmutableArray<Subnet> subnets = [.. addresses.Select(Subnet.Parse)];
        if (subnets.IsEmpty)
        {
            throw new ArgumentException($"The host '{name}' has no address. Give it at least one, for example 10.0.0.1.", nameof(addresses));
        }

        var host = new VirtualHost(this, name, subnets, nat, new HostClock(Start, _watch), _scheduler);
        lock (Gate)
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            if (_hosts.ContainsKey(name))
            {
                throw new ArgumentException($"There is a host '{name}' already.", nameof(name));
            }

            var known = _byAddress;
            foreach (var subnet in subnets)
            {
                known = Claim(known, subnet.Address, host);
            }

            _byAddress = known;
            Volatile.Write(ref _hosts, _hosts.Add(name, host));
        }

        return host;
    }

    /// <summary>Adds a NAT, for hosts to be put behind.</summary>
    /// <param name="address">The address that the world sees.</param>
    /// <returns>The NAT.</returns>
    /// <exception cref="ArgumentException">The address is taken.</exception>
    /// <exception cref="FormatException">The address cannot be read.</exception>
    public VirtualNat AddNat(string address)
    {
        var nat = new VirtualNat(this, Subnet.Parse(address).Address);
        lock (Gate)
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            Free(_byAddress, nat.Address);
            _nats = _nats.Add(nat.Address, nat);
        }

        return nat;
    }

    /// <summary>One direction between two hosts.</summary>
    /// <param name="from">The name of the host that sends.</param>
    /// <param name="to">The name of the host that receives; may be the same.</param>
    /// <returns>The path: always the same object for the same hosts.</returns>
    /// <exception cref="ArgumentException">There is no such host.</exception>
    public VirtualPath Path(string from, string to)
    {
        var source = FindHost(from) ?? throw new ArgumentException($"There is no host '{from}'.", nameof(from));
        var target = FindHost(to) ?? throw new ArgumentException($"There is no host '{to}'.", nameof(to));
        lock (Gate)
        {
            return PathBetween(source, target);
        }
    }

    /// <summary>A consistent snapshot of the counters.</summary>
    /// <returns>An immutable snapshot.</returns>
    public NetworkStatistics GetStatistics()
    {
        lock (Gate)
        {
            return new NetworkStatistics(_sent, _copies, _inFlight, _log.Counts(), _log.Missed);
        }
    }

    /// <summary>Closes every transport and completes the log. Idempotent.</summary>
    public void Dispose()
    {
        List<VirtualTransport> transports;
        lock (Gate)
        {
            IsDisposed = true;
            _flights.Clear();
            _copies -= _inFlight;
            _inFlight = 0;
            transports = [.. _hosts.Values.SelectMany(host => host.Transports)];
        }

        transports.ForEach(transport => transport.Dispose());
        _log.End();
        _log.Drain();
    }

    internal VirtualHost? FindHost(string name) => Volatile.Read(ref _hosts).GetValueOrDefault(name);

    internal void Rebind(VirtualNat nat)
    {
        var now = Now();
        lock (Gate)
        {
            nat.Forget();
            _log.Add(new NetworkEvent(NetworkEventKind.NatRebound, At(now)) { FromHost = nat.Address.ToString() });
        }

        _log.DrainLater(_scheduler);
    }

    internal void TakeDown(VirtualPath path, ref bool current, bool down)
    {
        var now = Now();
        lock (Gate)
        {
            if (current == down)
            {
                return;
            }

            current = down;
            _log.Add(new NetworkEvent(down ? NetworkEventKind.PathTakenDown : NetworkEventKind.PathBroughtUp, At(now))
            {
                FromHost = path.From.Name,
                ToHost = path.To.Name,
            });
        }

        _log.DrainLater(_scheduler);
    }

    internal void SetUp(VirtualHost host, bool up)
    {
        var now = Now();
        List<VirtualTransport> lost = [];
        lock (Gate)
        {
            if (host.Up == up || IsDisposed)
            {
                return;
            }

            host.Up = up;
            _log.Add(new NetworkEvent(up ? NetworkEventKind.HostRestarted : NetworkEventKind.HostCrashed, At(now)) { FromHost = host.Name });
            if (!up)
            {
                lost.AddRange(host.Transports);
                lost.ForEach(transport => transport.Unbound());
            }
        }

        _log.DrainLater(_scheduler);
        lost.ForEach(transport => transport.SocketLost());
    }

    private VirtualPath PathBetween(VirtualHost from, VirtualHost to)
    {
        if (!_paths.TryGetValue((from, to), out var path))
        {
            path = new VirtualPath(this, from, to);
            _paths.Add((from, to), path);
        }

        return path;
    }

    private ImmutableDictionary<IPAddress, VirtualHost> Claim(ImmutableDictionary<IPAddress, VirtualHost> known, IPAddress address, VirtualHost host)
    {
        Free(known, address);
        return known.Add(address, host);
    }

    private void Free(ImmutableDictionary<IPAddress, VirtualHost> known, IPAddress address)
    {
        if (_nats.ContainsKey(address) || known.ContainsKey(address))
        {
            throw new ArgumentException($"The address {address} is in use. Give each host addresses of its own.", nameof(address));
        }
    }

    private long Now() => _watch.Elapsed.Ticks;

    private DateTimeOffset At(long elapsed) => Start.AddTicks(elapsed);
}
