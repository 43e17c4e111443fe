using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using ReactiveLink.Diagnostics;

namespace ReactiveLink.Testing;

/// <summary>
/// A transport on a host of a <see cref="VirtualNetwork"/>: what a <see cref="UdpTransport"/> does over a socket, this does over the network. It passes the
/// same contract tests. Observers are called on the network's scheduler, except by <see cref="Dispose"/>, which completes the streams on its own thread if no
/// callback is in progress.
/// <list type="table">
/// <listheader><term>what happens</term><description>output; counter; state</description></listheader>
/// <item><term>a datagram</term><description><see cref="Datagrams"/>; received and delivered</description></item>
/// <item><term>one larger than <see cref="UdpTransportOptions.MaximumDatagramSize"/></term><description>fault <c>truncated</c>; received and dropped</description></item>
/// <item><term>one that the receive buffer has no room for</term><description>fault <c>kernel-drop</c> with their count; received and dropped</description></item>
/// <item><term>nobody was bound where a connected transport sent to</term><description>fault <c>socket-error</c>; socket errors</description></item>
/// <item><term>the host crashes</term><description>fault <c>socket-error</c>; <see cref="ConnectionState.Reconnecting"/>, and once it is up and bound again
/// <see cref="ConnectionState.Connected"/>; rebinds</description></item>
/// <item><term>a send is refused: MTU, no address of the family, broadcast not allowed, host down</term><description>an exception and a fault <c>socket-error</c>; send errors</description></item>
/// <item><term>a subscriber throws</term><description>fault <c>subscriber-failed</c>; it loses its subscription</description></item>
/// <item><term>dispose</term><description><see cref="ConnectionState.Closed"/>; every stream completes after the callback in progress</description></item>
/// </list>
/// </summary>
public sealed partial class VirtualTransport : IDatagramTransport
{
    private const int NotificationCapacity = 1024;

    private static readonly TimeSpan LongestDispose = TimeSpan.FromSeconds(2);

    private readonly Broadcaster<Datagram> _datagrams;
    private readonly SerializedHub<Fault> _faults;
    private readonly SerializedHub<ConnectionState> _states;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SerialDisposable _rebind = new();
    private readonly Lock _stateGate = new();
    private ConnectionState _state = ConnectionState.Connected;
    private UdpEndpoint _local;
    private ImmutableHashSet<IPAddress> _groups;
    private int _disposed;

    internal VirtualTransport(VirtualHost host, VirtualBinding binding)
    {
        Host = host;
        Binding = binding;
        _local = binding.Local;
        _groups = binding.Options.MulticastGroups.IsDefaultOrEmpty ? [] : [.. binding.Options.MulticastGroups.Select(group => group.Address)];
        _bufferSize = binding.Options.ReceiveBufferSize == 0 ? DefaultBufferSize : binding.Options.ReceiveBufferSize;
        _rebindDelay = binding.Options.RebindDelay;
        _datagrams = new Broadcaster<Datagram>(SubscriberFailed);
        _faults = new SerializedHub<Fault>(NotificationCapacity, SubscriberFailed);
        _states = new SerializedHub<ConnectionState>(ConnectionState.Connected, NotificationCapacity, SubscriberFailed);
    }

    /// <summary>The host that it is on.</summary>
    public VirtualHost Host { get; }

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
    public UdpEndpoint LocalEndpoint => Volatile.Read(ref _local);

    /// <inheritdoc/>
    public UdpEndpoint? RemoteEndpoint => Binding.Remote;

    /// <summary>The largest payload in bytes: 65,507 over IPv4, 65,527 over IPv6; for a dual-stack listener the smaller. A path's MTU may allow less.</summary>
    public int MaximumPayloadSize => Binding.MaximumPayloadSize;

    /// <summary>Whether <see cref="UdpTransportOptions.PayloadMemory"/> says so. A payload that is lent is always overwritten after OnNext, as by <see cref="PayloadMemory.BorrowedAndPoisoned"/>.</summary>
    public bool LendsPayloads => Binding.Options.PayloadMemory != PayloadMemory.Kept;

    /// <summary>The host's scheduler, whose clock may be wrong.</summary>
    public IScheduler Scheduler => Host.Scheduler;

    internal VirtualBinding Binding { get; }

    /// <summary>Under the network's lock: whether it has its socket.</summary>
    internal bool IsBound { get; private set; }

    private bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>Joins a multicast group. Idempotent.</summary>
    /// <param name="group">The group; its interface has no meaning here.</param>
    /// <exception cref="ArgumentException">It is not a group, or of a family that the transport does not carry.</exception>
    public void Join(MulticastGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        if (!Addresses.IsMulticast(group.Address) || !Carries(group.Address.AddressFamily))
        {
            throw new ArgumentException($"{group.Address} is not a multicast group of the transport's address family.", nameof(group));
        }

        lock (Host.Network.Gate)
        {
            _groups = _groups.Add(group.Address);
        }
    }

    /// <summary>Leaves a multicast group. Idempotent.</summary>
    /// <param name="group">The group.</param>
    public void Leave(MulticastGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        lock (Host.Network.Gate)
        {
            _groups = _groups.Remove(group.Address);
        }
    }

    /// <summary>Begins to receive; until then the receive buffer takes what arrives. Idempotent. Observers are not called within the call.</summary>
    public void Start()
    {
        bool waiting;
        lock (_inbox)
        {
            if (_started)
            {
                return;
            }

            _started = true;
            waiting = _inbox.Count > 0 || _kernelDropsUntold > 0;
        }

        if (waiting)
        {
            Scheduler.Schedule(this, TimeSpan.Zero, static (_, self) =>
            {
                self.Drain();
                return Disposable.Empty;
            });
        }

        NoticeLoss();
    }

    /// <inheritdoc/>
    public TransportStatistics GetStatistics()
    {
        lock (_ledger)
        {
            return _ledger.ToStatistics() with { MissedNotifications = _faults.Dropped + _states.Dropped + _deferredMissed };
        }
    }

    /// <summary>Gives the port back at once and completes the streams, after the callback in progress if there is one. Idempotent; may be called from any callback.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        lock (_stateGate)
        {
            _state = ConnectionState.Closed;
        }

        lock (Host.Network.Gate)
        {
            IsBound = false;
            Host.Transports = Host.Transports.Remove(this);
        }

        _rebind.Dispose();
        lock (_inbox)
        {
            _closing = true;
            Discard();
        }

        Drain();
    }

    /// <summary>As <see cref="Dispose"/>, and waits for a callback in progress on another thread; at most 2 s of the host's time.</summary>
    /// <returns>Completes when the streams are complete.</returns>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return _ended.Task.IsCompleted || Volatile.Read(ref _worker) == Environment.CurrentManagedThreadId ? default : new ValueTask(WaitForEndAsync());
    }

    /// <summary>Whether it can send to and receive from a family.</summary>
    internal bool Carries(AddressFamily family) =>
        Binding.Local.AddressFamily == family || (family == AddressFamily.InterNetwork && Binding.DualStack);

    /// <summary>Whether a connected one takes datagrams of that sender.</summary>
    internal bool TakesFrom(UdpEndpoint from) => !Binding.Connects || from.Equals(RemoteEndpoint);

    internal bool Takes(UdpEndpoint to)
    {
        var local = LocalEndpoint;
        return local.Port == to.Port && (local.Address.Equals(to.Address) || (Addresses.IsAny(local.Address) && Carries(to.AddressFamily)));
    }

    /// <summary>Under the network's lock.</summary>
    internal bool IsMember(IPAddress group) => _groups.Contains(group);

    /// <summary>Under the network's lock.</summary>
    internal void Bound(UdpEndpoint local)
    {
        Volatile.Write(ref _local, local);
        IsBound = true;
    }

    private void SubscriberFailed(Exception exception) =>
        _faults.OnNext(new Fault(FaultReason.SubscriberFailed, Scheduler.Now, Exception: exception));

    private async Task WaitForEndAsync()
    {
        var waitedLongEnough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var timer = Scheduler.Schedule(waitedLongEnough, LongestDispose, static (_, source) =>
        {
            source.TrySetResult();
            return Disposable.Empty;
        });
        await Task.WhenAny(_ended.Task, waitedLongEnough.Task).ConfigureAwait(false);
    }
}
