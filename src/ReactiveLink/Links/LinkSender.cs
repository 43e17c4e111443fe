using ReactiveLink.Diagnostics;
using ReactiveLink.Transport;

namespace ReactiveLink.Links;

/// <summary>
/// The send path of a link: messages wait by priority; whoever holds the queue's pump writes the frame, with the next sequence number, and sends it.
/// So the numbers on the wire are in the order of the wire, whatever the priorities.
/// </summary>
internal sealed partial class LinkSender : ISendDispatcher<LinkSender.Outgoing>, IDisposable
{
    private readonly IDatagramTransport _transport;
    private readonly FrameFormat _format;
    private readonly FaultCenter _faults;
    private readonly PrioritySendQueue<Outgoing> _queue;
    private long _sent;
    private long _bytes;
    private readonly Func<long> _received;
    private long _lastSentUtcTicks;
    private long _receivedBefore = -1;
    private uint _nextSequence;

    public LinkSender(IDatagramTransport transport, LinkOptions options, FaultCenter faults, Func<long> received)
    {
        _received = received;
        _transport = transport;
        _format = options.Frame;
        _nextSequence = options.InitialSequence;
        _faults = faults;
        _queue = new PrioritySendQueue<Outgoing>(this, options.SendQueueCapacity);
    }

    public long DatagramsSent => Interlocked.Read(ref _sent);

    public long BytesSent => Interlocked.Read(ref _bytes);

    public long LastSentUtcTicks => Interlocked.Read(ref _lastSentUtcTicks);

    /// <summary>How many datagrams had been received when one was last sent; -1 if none was. What came later is told by this, for the clock may have been set.</summary>
    public long ReceivedBeforeLastSent => Interlocked.Read(ref _receivedBefore);

    public uint NextSequence => Volatile.Read(ref _nextSequence);

    public SendQueueStatistics Queue => _queue.GetStatistics();

    public PayloadBuffer RentBuffer() => PayloadBuffer.Rent(_format.HeaderSize);

    /// <summary>Sends what the buffer holds and returns the buffer, whatever happens.</summary>
    public ValueTask SendAsync(PayloadBuffer buffer, UdpEndpoint? destination, Priority priority, CancellationToken cancellationToken)
    {
        ValueTask sending;
        try
        {
            if (Refusal(buffer, destination) is { } refusal)
            {
                throw refusal;
            }

            sending = _queue.SendAsync(new Outgoing(buffer, destination), priority, cancellationToken);
        }
        catch
        {
            buffer.Return();
            throw;
        }

        if (!sending.IsCompletedSuccessfully)
        {
            return Finish(sending, buffer);
        }

        buffer.Return();
        return default;
    }

    /// <summary>The pump's: one at a time, in the order of the wire.</summary>
    public void Dispatch(in Outgoing item)
    {
        var sequence = _nextSequence;
        int length;
        if (_format.CanSeal)
        {
            var frame = item.Buffer.Frame;
            _format.Seal(frame, sequence);
            _transport.Send(frame, item.Destination);
            length = frame.Length;
        }
        else
        {
            length = SendCompressed(item, sequence);
        }

        Account(1, length);
    }

    void ISendDispatcher<Outgoing>.OnQueueFull(in Outgoing item, DatagramSendException error) =>
        _faults.ReportLater(new Fault(FaultReason.QueueFull, _faults.Now, item.Destination ?? _transport.RemoteEndpoint, Exception: error, Detail: "send"));

    public Task DrainAsync() => _queue.DrainAsync();

    public void Dispose() => _queue.Dispose();

    private static async ValueTask Finish(ValueTask sending, PayloadBuffer buffer)
    {
        try
        {
            await sending.ConfigureAwait(false);
        }
        finally
        {
            buffer.Return();
        }
    }

    private void Account(int datagrams, long bytes)
    {
        // Only now: a number that was not sent is not used up, or the receiver would count it as lost.
        Volatile.Write(ref _nextSequence, _nextSequence + (uint)datagrams);
        Interlocked.Exchange(ref _lastSentUtcTicks, _transport.Scheduler.SafeNow().UtcTicks);
        Interlocked.Exchange(ref _receivedBefore, _received());
        Interlocked.Add(ref _sent, datagrams);
        Interlocked.Add(ref _bytes, bytes);
    }

    private int SendCompressed(in Outgoing item, uint sequence)
    {
        var compressed = Compress(item, sequence);
        try
        {
            _transport.Send(compressed.Payload, item.Destination);
            return compressed.PayloadLength;
        }
        finally
        {
            compressed.Return();
        }
    }

    private PayloadBuffer Compress(in Outgoing item, uint sequence)
    {
        var compressed = PayloadBuffer.Rent(0);
        try
        {
            try
            {
                _format.Write(sequence, item.Buffer.Payload, compressed);
            }
            catch (DatagramTooLargeException exception)
            {
                ReportOversize(item.Destination, exception);
                throw;
            }

            CheckSize(compressed.PayloadLength, item.Destination);
            return compressed;
        }
        catch
        {
            compressed.Return();
            throw;
        }
    }

    /// <summary>Why a message cannot even be queued, or null.</summary>
    private Exception? Refusal(PayloadBuffer buffer, UdpEndpoint? destination)
    {
        if (destination is null && _transport.RemoteEndpoint is null)
        {
            return new InvalidOperationException("This link listens and has no remote endpoint of its own: say where to send (the `to` argument), for example message.Peer.");
        }

        return _format.CanSeal ? Oversize(buffer.Frame.Length, destination) : null;
    }

    private void CheckSize(int size, UdpEndpoint? destination)
    {
        if (Oversize(size, destination) is { } error)
        {
            throw error;
        }
    }

    private DatagramTooLargeException? Oversize(int size, UdpEndpoint? destination)
    {
        if (size <= _transport.MaximumPayloadSize)
        {
            return null;
        }

        var error = new DatagramTooLargeException(size, _transport.MaximumPayloadSize);
        ReportOversize(destination, error);
        return error;
    }

    private void ReportOversize(UdpEndpoint? destination, DatagramTooLargeException error) =>
        _faults.ReportLater(new Fault(FaultReason.Oversize, _faults.Now, destination ?? _transport.RemoteEndpoint, Exception: error));

    internal readonly record struct Outgoing(PayloadBuffer Buffer, UdpEndpoint? Destination);
}
