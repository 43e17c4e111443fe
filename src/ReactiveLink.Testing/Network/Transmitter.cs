namespace ReactiveLink.Testing;

/// <summary>A path's transmitter with its queue: one datagram after the other, at a number of bits a second. Under the network's lock.</summary>
internal sealed class Transmitter
{
    private readonly Queue<(long Start, int Bytes)> _waiting = new();
    private long _waitingBytes;
    private long _busyUntil;

    /// <summary>Takes a datagram.</summary>
    /// <param name="now">The time.</param>
    /// <param name="bytes">Its size on the wire.</param>
    /// <param name="conditions">Bandwidth and queue limit.</param>
    /// <param name="departure">When its last bit has left.</param>
    /// <returns>False if the queue has no room for it.</returns>
    public bool TrySend(long now, int bytes, PathConditions conditions, out long departure)
    {
        departure = now;
        if (conditions.Bandwidth is not { } bandwidth)
        {
            return true;
        }

        while (_waiting.TryPeek(out var first) && first.Start <= now)
        {
            _waitingBytes -= _waiting.Dequeue().Bytes;
        }

        var start = Math.Max(now, _busyUntil);
        if (start > now)
        {
            if (_waitingBytes + bytes > conditions.QueueBytes)
            {
                return false;
            }

            _waiting.Enqueue((start, bytes));
            _waitingBytes += bytes;
        }

        var bits = (Int128)bytes * 8 * TimeSpan.TicksPerSecond;
        departure = _busyUntil = start + (long)((bits + bandwidth - 1) / bandwidth);
        return true;
    }
}
