using System.Buffers;
using ReactiveLink.Transport;

namespace ReactiveLink.Links;

/// <content>Batches: what waits when the pump looks, or what a caller gives at once. Numbered, sealed and sent together.</content>
internal sealed partial class LinkSender
{
    /// <summary>Messages of one batch at most.</summary>
    public const int BatchSize = PrioritySendQueue<Outgoing>.BatchSize;

    // The pump's alone.
    private OutgoingDatagram[]? _datagrams;
    private int[]? _places;
    private PayloadBuffer?[]? _compressed;

    /// <summary>Sends what the buffers hold, in order and as one batch if nobody is sending, and returns the buffers, whatever happens.</summary>
    /// <param name="buffers">At most <see cref="BatchSize"/>; may be overwritten.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="priority">One of the four.</param>
    /// <param name="cancellationToken">Takes back what waits.</param>
    /// <returns>Why the first that was not sent was refused, an <see cref="OperationCanceledException"/> if one was taken back, or null.</returns>
    public ValueTask<Exception?> SendBatchAsync(
        Span<PayloadBuffer> buffers, UdpEndpoint? destination, Priority priority, CancellationToken cancellationToken)
    {
        var items = ArrayPool<Outgoing>.Shared.Rent(buffers.Length);
        var failures = ArrayPool<Exception?>.Shared.Rent(buffers.Length);
        var count = 0;
        var queued = false;
        try
        {
            Exception? first = null;
            foreach (var buffer in buffers)
            {
                if (Refusal(buffer, destination) is { } refusal)
                {
                    first ??= refusal;
                    buffer.Return();
                }
                else
                {
                    failures[count] = null;
                    items[count++] = new Outgoing(buffer, destination);
                }
            }

            if (count != 0 && !_queue.TrySendInline(items.AsSpan(0, count), failures.AsSpan(0, count), priority))
            {
                queued = true;
                return new ValueTask<Exception?>(SendQueued(items, count, priority, first, cancellationToken));
            }

            foreach (var failure in failures.AsSpan(0, count))
            {
                first ??= failure;
            }

            return new ValueTask<Exception?>(first);
        }
        finally
        {
            if (!queued)
            {
                Release(items, count);
            }

            ArrayPool<Exception?>.Shared.Return(failures, clearArray: true);
        }
    }

    void ISendDispatcher<Outgoing>.Dispatch(ReadOnlySpan<Outgoing> items, Span<Exception?> failures)
    {
        _datagrams ??= new OutgoingDatagram[BatchSize];
        _places ??= new int[BatchSize];
        var limit = items.Length;
        for (var next = 0; next < items.Length;)
        {
            var count = 0;
            try
            {
                for (; next < items.Length && count < limit; next++)
                {
                    count += Prepare(items[next], next, count, failures) ? 1 : 0;
                }

                var sent = _transport.Send(_datagrams.AsSpan(0, count), out var refusal);
                Account(_datagrams.AsSpan(0, sent));
                if (refusal is not null)
                {
                    // What follows gets the numbers that were not used up. To compress it anew after each of many refusals would cost a square of them.
                    failures[_places[sent]] = refusal;
                    next = _places[sent] + 1;
                    limit = _format.CanSeal ? items.Length : 1;
                }
            }
            finally
            {
                ReleaseCompressed(count);
                Array.Clear(_datagrams, 0, count);
            }
        }
    }

    /// <summary>Makes the frame of an item, numbered as the next after those that were prepared. False if that failed.</summary>
    private bool Prepare(in Outgoing item, int place, int prepared, Span<Exception?> failures)
    {
        var sequence = _nextSequence + (uint)prepared;
        var frame = item.Buffer.FrameMemory;
        if (_format.CanSeal)
        {
            _format.Seal(frame.Span, sequence);
        }
        else
        {
            try
            {
                _compressed ??= new PayloadBuffer?[BatchSize];
                _compressed[prepared] = Compress(item, sequence);
                frame = _compressed[prepared]!.FrameMemory;
            }
            catch (Exception exception)
            {
                failures[place] = exception;
                return false;
            }
        }

        _datagrams![prepared] = new OutgoingDatagram(frame, item.Destination);
        _places![prepared] = place;
        return true;
    }

    private void Account(ReadOnlySpan<OutgoingDatagram> sent)
    {
        if (sent.IsEmpty)
        {
            return;
        }

        long bytes = 0;
        foreach (ref readonly var datagram in sent)
        {
            bytes += datagram.Payload.Length;
        }

        Account(sent.Length, bytes);
    }

    private void ReleaseCompressed(int count)
    {
        for (var i = 0; _compressed is not null && i < count; i++)
        {
            _compressed[i]?.Return();
            _compressed[i] = null;
        }
    }

    /// <summary>Somebody else is sending: each takes its place in the queue.</summary>
    private async Task<Exception?> SendQueued(Outgoing[] items, int count, Priority priority, Exception? first, CancellationToken cancellationToken)
    {
        try
        {
            var sending = new ValueTask[count];
            for (var i = 0; i < count; i++)
            {
                sending[i] = Enqueue(items[i], priority, cancellationToken);
            }

            foreach (var one in sending)
            {
                try
                {
                    await one.ConfigureAwait(false);
                }
                catch (OperationCanceledException exception) when (cancellationToken.IsCancellationRequested)
                {
                    first = exception;
                }
                catch (Exception exception)
                {
                    first ??= exception;
                }
            }

            return first;
        }
        finally
        {
            Release(items, count);
        }
    }

    private ValueTask Enqueue(in Outgoing item, Priority priority, CancellationToken cancellationToken)
    {
        try
        {
            return _queue.SendAsync(in item, priority, cancellationToken);
        }
        catch (Exception exception)
        {
            // Thrown on, it would give back the buffers of those that are queued already.
            return ValueTask.FromException(exception);
        }
    }

    private static void Release(Outgoing[] items, int count)
    {
        foreach (ref readonly var item in items.AsSpan(0, count))
        {
            item.Buffer.Return();
        }

        ArrayPool<Outgoing>.Shared.Return(items, clearArray: true);
    }
}
