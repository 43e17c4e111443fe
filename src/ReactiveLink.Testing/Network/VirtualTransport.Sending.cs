using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Reactive.Disposables;

namespace ReactiveLink.Testing;

/// <content>Sending. It never calls an observer: its faults are raised by the scheduler.</content>
public sealed partial class VirtualTransport
{
    private readonly ConcurrentQueue<Fault> _deferred = new();
    private int _deferredCount;
    private long _deferredMissed;

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> payload, UdpEndpoint? destination = null)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        var to = destination ?? RemoteEndpoint;
        if (payload.Length > MaximumPayloadSize)
        {
            var tooLarge = new DatagramTooLargeException(payload.Length, MaximumPayloadSize);
            lock (_ledger)
            {
                _ledger.Oversize++;
            }

            Post(new Fault(FaultReason.Oversize, Scheduler.Now, to, Exception: tooLarge));
            throw tooLarge;
        }

        if (to is null)
        {
            throw new InvalidOperationException("This transport is a listener: name the destination of each datagram, or open it with a Remote endpoint.");
        }

        if (Host.Network.Send(this, payload, to) is { } error)
        {
            throw SendFailed(to, error);
        }

        lock (_ledger)
        {
            _ledger.Sent++;
            _ledger.BytesSent += payload.Length;
        }
    }

    private Exception SendFailed(UdpEndpoint destination, SocketError error)
    {
        if (IsDisposed)
        {
            return new ObjectDisposedException(nameof(VirtualTransport));
        }

        lock (_ledger)
        {
            _ledger.SendErrors++;
        }

        var socketError = error == SocketError.NetworkDown ? null : new SocketException((int)error);
        var why = socketError?.Message ?? "the socket was lost and is being bound again";
        var exception = new DatagramSendException(FaultReason.SocketError, $"The datagram to {destination} was not sent: {why}.", socketError);
        Post(new Fault(FaultReason.SocketError, Scheduler.Now, destination, Exception: exception, Detail: "send"));
        return exception;
    }

    private void Post(in Fault fault)
    {
        if (Interlocked.Increment(ref _deferredCount) > NotificationCapacity)
        {
            Interlocked.Decrement(ref _deferredCount);
            Interlocked.Increment(ref _deferredMissed);
            return;
        }

        _deferred.Enqueue(fault);
        Scheduler.Schedule(this, TimeSpan.Zero, static (_, self) =>
        {
            self.RaiseDeferred();
            return Disposable.Empty;
        });
    }

    private void RaiseDeferred()
    {
        while (_deferred.TryDequeue(out var fault))
        {
            Interlocked.Decrement(ref _deferredCount);
            _faults.OnNext(fault);
        }
    }
}
