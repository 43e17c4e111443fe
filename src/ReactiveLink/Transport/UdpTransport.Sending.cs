using ReactiveLink.Transport;

namespace ReactiveLink;

/// <content>Sending: at once, or through the priority queue.</content>
public sealed partial class UdpTransport : ISendDispatcher<UdpTransport.SendItem>
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
        _queue.SendAsync(new SendItem(payload, CheckSend(payload.Length, destination)), priority, cancel);

    void ISendDispatcher<SendItem>.Dispatch(in SendItem item) => SendNow(item.Payload.Span, item.Destination);

    void ISendDispatcher<SendItem>.OnQueueFull(in SendItem item, DatagramSendException error) =>
        _deferred.Post(new Fault(FaultReason.QueueFull, Scheduler.Now, item.Destination, Exception: error, Detail: "send queue"));

    private UdpEndpoint CheckSend(int length, UdpEndpoint? destination)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        if (length > MaximumPayloadSize)
        {
            Interlocked.Increment(ref _oversize);
            var error = new DatagramTooLargeException(length, MaximumPayloadSize);
            _deferred.Post(new Fault(FaultReason.Oversize, Scheduler.Now, destination ?? RemoteEndpoint, Exception: error));
            throw error;
        }

        return destination ?? RemoteEndpoint
            ?? throw new InvalidOperationException("This transport is a listener: name the destination of each datagram, or open it with a Remote endpoint.");
    }

    private void SendNow(ReadOnlySpan<byte> payload, UdpEndpoint destination)
    {
        var socket = _holder.Current;
        var error = socket?.Send(payload, destination);
        if (error is not null && SocketErrors.IsPendingIcmp(error.SocketErrorCode))
        {
            // It tells of an earlier datagram and kept this one from being sent; asking cleared it.
            _loop.CountSocketError();
            _deferred.Post(new Fault(FaultReason.SocketError, Scheduler.Now, destination, Exception: error, Detail: "send, about an earlier datagram"));
            error = socket!.Send(payload, destination);
        }

        if (socket is null || error is not null)
        {
            throw SendFailed(destination, error);
        }

        Interlocked.Increment(ref _sent);
        Interlocked.Add(ref _bytesSent, payload.Length);
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
        _deferred.Post(new Fault(FaultReason.SocketError, Scheduler.Now, destination, Exception: exception, Detail: "send"));
        return exception;
    }

    /// <summary>A datagram on its way through the send queue.</summary>
    internal readonly record struct SendItem(ReadOnlyMemory<byte> Payload, UdpEndpoint Destination);
}
