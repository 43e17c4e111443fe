using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using ReactiveLink.Diagnostics;

namespace ReactiveLink.Transport;

/// <summary>
/// What the receive loop tells its transport, never under a lock. Datagrams and states on the receive thread alone; faults also on the
/// scheduler's, at the same time: the owner serializes them.
/// </summary>
internal interface IReceiveLoopOwner
{
    void Deliver(in Datagram datagram);

    void Raise(in Fault fault);

    void Change(ConnectionState state);
}

/// <summary>
/// The body of the receive thread: takes batches from the socket, accounts and delivers them, and keeps receiving whatever happens.
/// <list type="table">
/// <listheader><term>the socket gives</term><description>what follows</description></listheader>
/// <item><term>a datagram</term><description>accounted, delivered</description></item>
/// <item><term>several in one piece</term><description>each for itself</description></item>
/// <item><term>a cut datagram, one for another group</term><description>accounted, a fault, not delivered</description></item>
/// <item><term>an ICMP message's error</term><description>counted, a fault, no pause; from the 4096th in a row on one of 1 ms after every second</description></item>
/// <item><term>another passing error</term><description>counted, a fault; from the 16th in a row on with growing pauses up to 100 ms</description></item>
/// <item><term>64 of these in a row, or a fatal one</term><description>the socket is bound again with backoff</description></item>
/// </list>
/// </summary>
internal sealed class ReceiveLoop(
    IReceiveLoopOwner owner, UdpSocketHolder holder, IUdpSocketFactory factory, UdpTransportOptions options, UdpEndpoint bindAddress, ILogger logger)
{
    /// <summary>Passing errors in a row, other than ICMP's, before the loop pauses between them.</summary>
    public const int ErrorsBeforePause = 16;

    /// <summary>ICMP's errors in a row before the loop pauses after every second one.</summary>
    public const int IcmpErrorsBeforePause = 4096;

    /// <summary>Passing errors in a row, other than ICMP's, before the socket counts as lost.</summary>
    public const int ErrorsBeforeRebind = 64;

    /// <summary>What lent memory is overwritten with, if asked for.</summary>
    public const byte Poison = 0xDD;

    private static readonly TimeSpan IcmpPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan DropInterval = TimeSpan.FromMilliseconds(100);

    private readonly IScheduler _scheduler = options.Scheduler;
    private readonly bool _systemTime = ReceiveClock.MayUseSystemTime(options);
    private readonly bool _lends = options.PayloadMemory != PayloadMemory.Kept;
    private readonly bool _poisons = options.PayloadMemory == PayloadMemory.BorrowedAndPoisoned;
    private readonly ReceiveClock _clock = new(options.Scheduler);
    private readonly EndpointCache _endpoints = new(options.MaximumInternedEndpoints, options.EndpointIdleTimeout);
    private UdpEndpoint _local = holder.Current!.LocalEndpoint;
    private int _errorsInARow;
    private int _icmpErrorsInARow;
    private TimeSpan _rebindDelay = options.RebindDelay;
    private uint _dropsTold;
    private long _dropsReadTicks;
    private volatile bool _dropCheckScheduled;
    private IDisposable? _dropCheck;
    private long _socketErrors;
    private long _rebinds;

    public ReceiveLedger Ledger { get; } = new();

    public UdpEndpoint LocalEndpoint => Volatile.Read(ref _local);

    public long SocketErrors => Interlocked.Read(ref _socketErrors);

    public long Rebinds => Interlocked.Read(ref _rebinds);

    public long EndpointsEvicted => _endpoints.Evicted;

    /// <summary>Counts an error about an earlier datagram that another thread came upon.</summary>
    public void CountSocketError() => Interlocked.Increment(ref _socketErrors);

    /// <summary>Receives until the holder is closed.</summary>
    public void Run()
    {
        try
        {
            while (!holder.IsClosed && holder.Current is { } socket)
            {
                var error = socket.Receive(out var batch);
                if (holder.IsClosed)
                {
                    return;
                }

                if (error is null)
                {
                    Accept(socket, batch);
                }
                else
                {
                    Recover(error);
                }
            }
        }
        finally
        {
            _dropCheck?.Dispose();
        }
    }

    private void Accept(IUdpSocket socket, ReadOnlySpan<ReceivedDatagram> batch)
    {
        _errorsInARow = 0;
        _icmpErrorsInARow = 0;
        _rebindDelay = options.RebindDelay;
        _clock.Read(out var utc, out var elapsed);
        foreach (ref readonly var received in batch)
        {
            if (received.Drops != _dropsTold)
            {
                _dropsTold = received.Drops;
                RaiseDrops(holder.Drops.Observe(socket, received.Drops));
            }

            var remote = _endpoints.Intern(in received.Remote, elapsed);
            var receivedAt = _systemTime && received.UtcTicks != 0 ? received.UtcTicks : utc;
            if (!(received.SegmentSize == 0
                ? Accept(received.Payload, received.Refused, remote, receivedAt, elapsed)
                : AcceptSegments(in received, remote, receivedAt, elapsed)))
            {
                // Closed by a callback: the rest of the batch is as unread as what the kernel still holds.
                return;
            }
        }

        if (elapsed - _dropsReadTicks >= DropInterval.Ticks)
        {
            _dropsReadTicks = elapsed;
            CheckDrops();
        }

        if (!_dropCheckScheduled)
        {
            ScheduleDropCheck();
        }
    }

    /// <summary>Takes apart what came in one piece: all of one size but the last, which may be shorter. What lies beyond the buffer was cut.</summary>
    private bool AcceptSegments(ref readonly ReceivedDatagram received, UdpEndpoint remote, long utc, long elapsed)
    {
        for (var start = 0; start < received.Length; start += received.SegmentSize)
        {
            var length = Math.Min(received.SegmentSize, received.Length - start);
            var refused = received.Refused ?? (length > options.MaximumDatagramSize || start + length > received.Skipped + received.Payload.Length
                ? FaultReason.Truncated : null);
            if (!Accept(refused is null ? received.Payload.Slice(start - received.Skipped, length) : default, refused, remote, utc, elapsed))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Accounts one datagram and delivers it, or tells why not.</summary>
    /// <returns>Whether to go on: false once a callback has closed the transport.</returns>
    private bool Accept(ReadOnlyMemory<byte> payload, FaultReason? refused, UdpEndpoint remote, long utc, long elapsed)
    {
        // Accounted before anyone is called: a snapshot taken inside the callback balances and includes this datagram.
        Ledger.Add(payload.Length, refused);
        if (refused is { } reason)
        {
            owner.Raise(new Fault(reason, new DateTimeOffset(utc, TimeSpan.Zero), remote.Port == 0 ? null : remote));
        }
        else
        {
            owner.Deliver(new Datagram(payload, remote, utc, elapsed, _lends));
            if (_poisons)
            {
                MemoryMarshal.AsMemory(payload).Span.Fill(Poison);
            }
        }

        return !holder.IsClosed;
    }

    /// <summary>The last burst's drops would otherwise wait for the next datagram: one look a while after traffic finds them.</summary>
    private void ScheduleDropCheck()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        _dropCheckScheduled = true;
        _dropCheck = _scheduler.Schedule(this, DropInterval, static (_, self) =>
        {
            self._dropCheckScheduled = false;
            self.CheckDrops();
            return Disposable.Empty;
        });
    }

    private void CheckDrops()
    {
        RaiseDrops(holder.Drops.Observe());
    }

    private void RaiseDrops(long increase)
    {
        if (increase > 0)
        {
            owner.Raise(new Fault(FaultReason.KernelDrop, _scheduler.SafeNow(), Count: increase));
        }
    }

    private void Recover(SocketException error)
    {
        Interlocked.Increment(ref _socketErrors);
        owner.Raise(new Fault(FaultReason.SocketError, _scheduler.SafeNow(), Exception: error, Detail: "receive"));
        if (Transport.SocketErrors.IsIcmp(error.SocketErrorCode))
        {
            PauseAfterIcmp();
            return;
        }

        _errorsInARow++;
        if (Transport.SocketErrors.Classify(error.SocketErrorCode) == SocketErrorClass.Dead || _errorsInARow >= ErrorsBeforeRebind)
        {
            Rebind(error);
        }
        else if (_errorsInARow >= ErrorsBeforePause)
        {
            var pause = TimeSpan.FromMilliseconds(1L << Math.Min(_errorsInARow - ErrorsBeforePause, 7));
            holder.Wait(_scheduler, pause < LongestPause ? pause : LongestPause);
        }
    }

    /// <summary>
    /// Asking has cleared the error, and the system hands the next one out before any datagram: in a storm only who asks again at once gets datagrams. An error
    /// that asking does not clear must not keep a processor busy all the same.
    /// </summary>
    private void PauseAfterIcmp()
    {
        if (++_icmpErrorsInARow >= IcmpErrorsBeforePause && (_icmpErrorsInARow & 1) == 0)
        {
            holder.Wait(_scheduler, IcmpPause);
        }
    }

    private void Rebind(SocketException cause)
    {
        var local = LocalEndpoint;
        CheckDrops();
        holder.Drop();
        owner.Change(ConnectionState.Reconnecting);
        TransportLog.Guarded(logger, l => TransportLog.SocketLost(l, cause, local));
        while (holder.Wait(_scheduler, NextRebindDelay()))
        {
            try
            {
                // The address as it was asked for, the port as it was got: the port is what peers know.
                var socket = factory.Open(new UdpEndpoint(bindAddress.Address, local.Port));
                Volatile.Write(ref _local, socket.LocalEndpoint);
                if (!holder.TryReplace(socket))
                {
                    return;
                }
            }
            catch (Exception exception) when (exception is LinkOpenException or NetworkInformationException)
            {
                owner.Raise(new Fault(FaultReason.SocketError, _scheduler.SafeNow(), Exception: exception, Detail: "rebind"));
                TransportLog.Guarded(logger, l => TransportLog.RebindFailed(l, exception, local, _rebindDelay));
                continue;
            }

            _errorsInARow = 0;
            _dropsTold = 0;
            Interlocked.Increment(ref _rebinds);
            owner.Change(ConnectionState.Connected);
            TransportLog.Guarded(logger, l => TransportLog.Rebound(l, local));
            return;
        }
    }

    /// <summary>Doubles from attempt to attempt, also over several losses; a datagram received sets it back.</summary>
    private TimeSpan NextRebindDelay()
    {
        var delay = _rebindDelay;
        var doubled = delay + delay;
        _rebindDelay = doubled < options.MaximumRebindDelay ? doubled : options.MaximumRebindDelay;
        return delay;
    }
}
