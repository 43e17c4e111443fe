using System.Runtime.CompilerServices;

namespace ReactiveLink.Links;

/// <summary>
/// The link's account of datagrams: one writer (the receive thread), any number of readers. A sequence lock publishes whole updates; the writer
/// never waits, and calls nothing of the user's between the begin and the end of an update.
/// </summary>
internal sealed class LinkCounters
{
    private readonly long[] _dropped = new long[FaultReasons.All.Length];
    private long _version;
    private long _received;
    private long _delivered;
    private long _messages;
    private long _bytes;
    private long _lastReceivedUtcTicks;

    /// <summary>All datagrams. Any thread.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>A datagram passed every stage.</summary>
    public void Delivered(int bytes, bool isMessage, long utcTicks)
    {
        Begin(bytes, utcTicks);
        _delivered++;
        if (isMessage)
        {
            _messages++;
        }

        End();
    }

    /// <summary>A datagram was refused by a stage.</summary>
    public void Dropped(FaultReason reason, int bytes, long utcTicks)
    {
        Begin(bytes, utcTicks);
        _dropped[(int)reason]++;
        End();
    }

    /// <summary>A consistent copy.</summary>
    public Snapshot Read()
    {
        var dropped = new long[_dropped.Length];
        var spin = default(SpinWait);
        while (true)
        {
            var version = Volatile.Read(ref _version);
            if ((version & 1) == 0)
            {
                var snapshot = new Snapshot(_received, _delivered, _messages, _bytes, _lastReceivedUtcTicks, dropped);
                _dropped.CopyTo(dropped, 0);
                Interlocked.MemoryBarrier();
                if (Volatile.Read(ref _version) == version)
                {
                    return snapshot;
                }
            }

            spin.SpinOnce();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Begin(int bytes, long utcTicks)
    {
        _version++;
        Volatile.WriteBarrier();
        _received++;
        _bytes += bytes;
        _lastReceivedUtcTicks = utcTicks;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void End() => Volatile.Write(ref _version, _version + 1);

    internal sealed record Snapshot(long Received, long Delivered, long Messages, long Bytes, long LastReceivedUtcTicks, long[] Dropped);
}
