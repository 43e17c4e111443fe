using System.Net.Sockets;
using ReactiveLink.Diagnostics;
using ReactiveLink.Transport;

namespace ReactiveLink;

/// <content>Sending: at once, or through the priority queue.</content>
public sealed partial class UdpTransport : ISendDispatcher<OutgoingDatagram>
{
    private long _sent;
    private long _bytesSent;
    private long _sendErrors;
    private long _oversize;

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> payload, UdpEndpoint? destination = null)
    {
        SendNow(payload, CheckSend(payload.Length, destination));
    }

    /// <inheritdoc/>
    public int Send(ReadOnlySpan<OutgoingDatagram> batch, out Exception? refusal)
    {
        var sent = 0;
        refusal = null;
        while (refusal is null && sent < batch.Length)
        {
            var end = sent;
            while (end < batch.Length && batch[end].Payload.Length <= MaximumPayloadSize && (batch[end].Destination ?? RemoteEndpoint) is not null)
            {
                end++;
            }

            if (end == sent)
            {
                refusal = Refusal(batch[sent].Payload.Length, batch[sent].Destination);
            }
            else
            {
                sent += SendNow(batch[sent..end], out refusal);
            }
        }

        return sent;
    }

    /// <summary>
    /// Sends one datagram through the bounded priority queue: at once, on the calling thread and without allocation, while nobody else is
    /// sending; otherwise it waits for its turn, higher priorities first, and none forever: a lower one goes after at most 16 higher in a row.
    /// </summary>
    /// <param name="payload">The bytes. They are read until the task completes, and must not change before.</param>
    /// <param name="destination">Where to; null for the remote endpoint of a client.</param>
    /// <param name="priority">Which to prefer when several wait.</param>
    /// <param name="cancel">Takes the datagram out of the queue; one that is being sent is sent.</param>
    /// <returns>
    /// Completes when the system has the datagram; to be awaited once. Fails with a <see cref="DatagramSendException"/> if the socket or
    /// the full queue refused it.
    /// </returns>
    /// <exception cref="DatagramTooLargeException">The payload is larger than <see cref="MaximumPayloadSize"/>; nothing was sent.</exception>
    /// <exception cref="InvalidOperationException">No destination was given and the transport is a listener.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="priority"/> is none of the four.</exception>
    /// <exception cref="ObjectDisposedException">The transport is disposed.</exception>
    public ValueTask SendAsync(
        ReadOnlyMemory<byte> payload,
        UdpEndpoint? destination = null,
        Priority priority = Priority.Normal,
        CancellationToken cancel = default) =>
        _queue.SendAsync(new OutgoingDatagram(payload, CheckSend(payload.Length, destination)), priority, cancel);

    void ISendDispatcher<OutgoingDatagram>.Dispatch(in OutgoingDatagram item) => SendNow(item.Payload.Span, item.Destination!);

    void ISendDispatcher<OutgoingDatagram>.Dispatch(ReadOnlySpan<OutgoingDatagram> items, Span<Exception?> failures)
    {
        for (var next = 0; next < items.Length; next++)
        {
            next += SendNow(items[next..], out var refusal);
            if (refusal is not null)
            {
                failures[next] = refusal;
            }
        }
    }

    void ISendDispatcher<OutgoingDatagram>.OnQueueFull(in OutgoingDatagram item, DatagramSendException error) =>
        _deferred.Post(new Fault(FaultReason.QueueFull, Scheduler.SafeNow(), item.Destination, Exception: error, Detail: "send queue"));

    private UdpEndpoint CheckSend(int length, UdpEndpoint? destination) =>
        Volatile.Read(ref _disposed) == 0 && length <= MaximumPayloadSize && (destination ?? RemoteEndpoint) is { } checkedDestination
            ? checkedDestination
            : throw Refusal(length, destination);

    private Exception Refusal(int length, UdpEndpoint? destination)
    {
        if (Volatile.Read(ref _disposed) != 0)
        {
            return new ObjectDisposedException(nameof(UdpTransport));
        }

        if (length <= MaximumPayloadSize)
        {
            return new InvalidOperationException("This transport is a listener: name the destination of each datagram, or open it with a Remote endpoint.");
        }

        Interlocked.Increment(ref _oversize);
        var error = new DatagramTooLargeException(length, MaximumPayloadSize);
        _deferred.Post(new Fault(FaultReason.Oversize, Scheduler.SafeNow(), destination ?? RemoteEndpoint, Exception: error));
        return error;
    }

    private void SendNow(ReadOnlySpan<byte> payload, UdpEndpoint destination)
    {
        var socket = _holder.Current;
        var error = socket?.Send(payload, destination);
        if (error is not null && SocketErrors.IsPendingIcmp(error.SocketErrorCode))
        {
            ReportPending(destination, error);
            error = socket!.Send(payload, destination);
        }

        if (socket is null || error is not null)
        {
            throw SendFailed(destination, error);
        }

        Interlocked.Increment(ref _sent);
        Interlocked.Add(ref _bytesSent, payload.Length);
    }

    /// <summary>As above, up to the first that is refused; every destination and size was checked.</summary>
    private int SendNow(ReadOnlySpan<OutgoingDatagram> batch, out Exception? refusal)
    {
        refusal = null;
        var socket = _holder.Current;
        var sent = 0;
        var retried = -1;
        SocketException? error = null;
        while (socket is not null && sent < batch.Length)
        {
            sent += socket.Send(batch[sent..], RemoteEndpoint, out error);
            if (error is null)
            {
                continue;
            }

            if (!SocketErrors.IsPendingIcmp(error.SocketErrorCode) || retried == sent)
            {
                break;
            }

            ReportPending(batch[sent].Destination ?? RemoteEndpoint!, error);
            retried = sent;
            error = null;
        }

        long bytes = 0;
        foreach (ref readonly var datagram in batch[..sent])
        {
            bytes += datagram.Payload.Length;
        }

        Interlocked.Add(ref _sent, sent);
        Interlocked.Add(ref _bytesSent, bytes);
        if (sent < batch.Length)
        {
            refusal = SendFailed(batch[sent].Destination ?? RemoteEndpoint!, error);
        }

        return sent;
    }

    /// <summary>An error that tells of an earlier datagram kept this one from being sent; asking cleared it.</summary>
    private void ReportPending(UdpEndpoint destination, SocketException error)
    {
        _loop.CountSocketError();
        _deferred.Post(new Fault(FaultReason.SocketError, Scheduler.SafeNow(), destination, Exception: error, Detail: "send, about an earlier datagram"));
    }

    private Exception SendFailed(UdpEndpoint destination, Exception? error)
    {
        if (Volatile.Read(ref _disposed) != 0)
        {
            return new ObjectDisposedException(nameof(UdpTransport));
        }

        Interlocked.Increment(ref _sendErrors);
        var why = error?.Message ?? "the socket was lost and is being bound again";
        var exception = new DatagramSendException(FaultReason.SocketError, $"The datagram to {destination} was not sent: {why}.", error);
        _deferred.Post(new Fault(FaultReason.SocketError, Scheduler.SafeNow(), destination, Exception: exception, Detail: "send"));
        return exception;
    }
}
