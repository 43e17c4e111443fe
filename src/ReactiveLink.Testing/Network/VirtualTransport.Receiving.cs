using System.Net.Sockets;

namespace ReactiveLink.Testing;

/// <content>
/// Receiving. What arrives waits in the inbox, which is the socket's buffer; whoever put something in drains it under no lock, one thread at a time.
/// </content>
public sealed partial class VirtualTransport
{
    /// <summary>What Linux gives a socket that asks for nothing.</summary>
    private const int DefaultBufferSize = 212_992;

    /// <summary>What a waiting datagram takes of the buffer besides its payload.</summary>
    private const int BufferOverhead = 256;

    /// <summary>What is in a payload that was lent and is kept.</summary>
    private const byte Returned = 0xDD;

    private readonly Queue<Arrival> _inbox = new();
    private readonly VirtualLedger _ledger = new();
    private readonly Dictionary<UdpEndpoint, UdpEndpoint> _remotes = [];
    private readonly int _bufferSize;
    private long _buffered;
    private long _kernelDropsUntold;
    private int _announcements;
    private bool _unreachableWaiting;
    private bool _started;
    private bool _closing;
    private int _pending;
    private int _worker;

    /// <summary>Under the network's lock: puts a datagram into the buffer.</summary>
    /// <returns>False if it has no room.</returns>
    internal bool Offer(ReadOnlyMemory<byte> payload, UdpEndpoint from)
    {
        lock (_inbox)
        {
            if (_closing)
            {
                return false;
            }

            var size = payload.Length + BufferOverhead;
            if (_buffered + size <= _bufferSize)
            {
                _buffered += size;
                _inbox.Enqueue(new Arrival { Payload = payload, From = from });
                return true;
            }

            _kernelDropsUntold++;
        }

        lock (_ledger)
        {
            _ledger.KernelDrops++;
        }

        return false;
    }

    /// <summary>Under the network's lock: a datagram that was sent has found nobody.</summary>
    internal void OfferUnreachable()
    {
        lock (_inbox)
        {
            // As a socket does, which keeps one error until it is asked for.
            if (!_closing && !_unreachableWaiting)
            {
                _unreachableWaiting = true;
                _inbox.Enqueue(new Arrival { IsUnreachable = true });
            }
        }
    }

    /// <summary>A fault, or a state, or both, to be told in the order of what arrives.</summary>
    private void Enqueue(Fault? fault, ConnectionState? state)
    {
        lock (_inbox)
        {
            if (_closing)
            {
                return;
            }

            if (_announcements >= NotificationCapacity)
            {
                Interlocked.Increment(ref _deferredMissed);
                return;
            }

            _announcements++;
            _inbox.Enqueue(new Arrival { Fault = fault, State = state });
        }
    }

    /// <summary>Under no lock.</summary>
    internal void Drain()
    {
        if (Interlocked.Increment(ref _pending) != 1)
        {
            return;
        }

        var seen = 1;
        do
        {
            Volatile.Write(ref _worker, Environment.CurrentManagedThreadId);
            while (TryTake(out var arrival, out var drops))
            {
                Tell(arrival, drops);
            }

            EndIfClosing();
            Volatile.Write(ref _worker, 0);
            seen = Interlocked.Add(ref _pending, -seen);
        }
        while (seen != 0);
    }

    private bool TryTake(out Arrival? arrival, out long drops)
    {
        lock (_inbox)
        {
            arrival = null;
            drops = 0;
            if (!_started || _closing)
            {
                return false;
            }

            drops = _kernelDropsUntold;
            _kernelDropsUntold = 0;
            if (_inbox.TryDequeue(out arrival))
            {
                _unreachableWaiting &= !arrival.IsUnreachable;
                _announcements -= arrival.From is null && !arrival.IsUnreachable ? 1 : 0;
                _buffered -= arrival.From is null ? 0 : arrival.Payload.Length + BufferOverhead;
            }

            return arrival is not null || drops > 0;
        }
    }

    private void Tell(Arrival? arrival, long drops)
    {
        if (drops > 0)
        {
            _faults.OnNext(new Fault(FaultReason.KernelDrop, Scheduler.Now, Count: drops));
        }

        if (arrival is null)
        {
            return;
        }

        if (arrival.From is { } from)
        {
            Deliver(arrival.Payload, from);
        }
        else if (arrival.IsUnreachable)
        {
            lock (_ledger)
            {
                _ledger.SocketErrors++;
            }

            _faults.OnNext(new Fault(
                FaultReason.SocketError, Scheduler.Now, Exception: new SocketException((int)SocketError.ConnectionRefused), Detail: "receive"));
        }

        if (arrival.Fault is { } fault)
        {
            _faults.OnNext(fault);
        }

        if (arrival.State is { } state)
        {
            _states.OnNext(state);
        }
    }

    private void Deliver(ReadOnlyMemory<byte> payload, UdpEndpoint from)
    {
        var cut = payload.Length > Binding.Options.MaximumDatagramSize;
        UdpEndpoint remote;

        // Accounted before anyone is called: a snapshot taken inside the callback balances and includes this datagram.
        lock (_ledger)
        {
            remote = Intern(from);
            _ledger.Received++;
            _ledger.Truncated += cut ? 1 : 0;
            _ledger.Delivered += cut ? 0 : 1;
            _ledger.Bytes += cut ? 0 : payload.Length;
        }

        lock (_stateGate)
        {
            _rebindDelay = Binding.Options.RebindDelay;
        }

        if (cut)
        {
            _faults.OnNext(new Fault(FaultReason.Truncated, Scheduler.Now, remote));
        }
        else if (LendsPayloads)
        {
            // Who keeps it all the same shall notice: what was lent is written over.
            var lent = payload.ToArray();
            _datagrams.OnNext(new Datagram(lent, remote, Scheduler.Now, Host.Elapsed, isLent: true));
            lent.AsSpan().Fill(Returned);
        }
        else
        {
            _datagrams.OnNext(new Datagram(payload, remote, Scheduler.Now, Host.Elapsed));
        }
    }

    private UdpEndpoint Intern(UdpEndpoint from)
    {
        if (_remotes.TryGetValue(from, out var known))
        {
            return known;
        }

        if (_remotes.Count >= Binding.Options.MaximumInternedEndpoints)
        {
            _ledger.Evicted += _remotes.Count;
            _remotes.Clear();
        }

        _remotes.Add(from, from);
        return from;
    }

    /// <summary>Under the inbox's lock: what was in the socket is gone, what is to be told is not.</summary>
    private void Discard()
    {
        for (var left = _inbox.Count; left > 0; left--)
        {
            var arrival = _inbox.Dequeue();
            if (arrival.From is null && !arrival.IsUnreachable)
            {
                _inbox.Enqueue(arrival);
            }
        }

        _buffered = 0;
        _unreachableWaiting = false;
    }

    private void EndIfClosing()
    {
        long drops;
        lock (_inbox)
        {
            if (!_closing)
            {
                return;
            }

            drops = _kernelDropsUntold;
            _kernelDropsUntold = 0;
        }

        if (_ended.Task.IsCompleted)
        {
            return;
        }

        RaiseDeferred();
        if (drops > 0)
        {
            _faults.OnNext(new Fault(FaultReason.KernelDrop, Scheduler.Now, Count: drops));
        }

        _datagrams.OnCompleted();
        _states.OnNext(ConnectionState.Closed);
        _states.Terminate(error: null);
        RaiseDeferred();
        _faults.Terminate(error: null);
        _ended.TrySetResult();
    }

    /// <summary>A datagram in the buffer; or the news that nobody was bound; or something to be told.</summary>
    private sealed class Arrival
    {
        public ReadOnlyMemory<byte> Payload { get; init; }

        public UdpEndpoint? From { get; init; }

        public bool IsUnreachable { get; init; }

        public Fault? Fault { get; init; }

        public ConnectionState? State { get; init; }
    }
}
