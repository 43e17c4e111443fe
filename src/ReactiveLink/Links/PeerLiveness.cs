using System.Reactive.Concurrency;
using System.Runtime.CompilerServices;
using ReactiveLink.Sequencing;

namespace ReactiveLink.Links;

/// <summary>
/// What state a peer is in, from when it was last heard. That is told on the transport's clock, which starts anywhere, and looked at on the link's: how far they are
/// apart is measured on the receive thread now and then. A datagram that waited shows too large a distance, so the smallest of the last ten to twenty seconds counts.
/// </summary>
internal sealed class PeerLiveness(PeerTable<UdpEndpoint> table, TimeSpan silentAfter, TimeSpan expiry, IScheduler scheduler)
{
    private const long MeasureTicks = 100 * TimeSpan.TicksPerMillisecond;
    private const long WindowTicks = 10 * TimeSpan.TicksPerSecond;

    private readonly IStopwatch _clock = scheduler.StartStopwatch();
    private long _measuredAt = long.MinValue;
    private long _windowStart = long.MinValue;
    private long _earlier = long.MaxValue;
    private long _smallest = long.MaxValue;
    private long _distance;

    public PeerTable<UdpEndpoint> Table => table;

    /// <summary>The time on the link's own clock, which only runs forward.</summary>
    public long Now => _clock.Elapsed.Ticks;

    /// <summary>A datagram came. For the receive thread.</summary>
    /// <returns>Whether it is time to look after what is done now and then: at most once in 100 ms.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Observe(long elapsedTicks)
    {
        if ((ulong)(elapsedTicks - _measuredAt) < MeasureTicks)
        {
            return false;
        }

        Measure(elapsedTicks);
        return true;
    }

    /// <summary>A time of the transport's clock on the link's.</summary>
    public long ToOwn(long elapsedTicks) => elapsedTicks + Volatile.Read(ref _distance);

    /// <summary>The state of a peer.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="idle">How long it was not heard.</param>
    public PeerState StateOf(PeerSequence peer, long idle)
    {
        if (peer.IsForgotten || idle > expiry.Ticks)
        {
            return PeerState.Gone;
        }

        if (idle >= silentAfter.Ticks)
        {
            return PeerState.Silent;
        }

        return peer.GetStatistics().Received > 1 ? PeerState.Alive : PeerState.Joined;
    }

    private void Measure(long elapsedTicks)
    {
        _measuredAt = elapsedTicks;
        long now;
        try
        {
            now = Now;
        }
        catch (Exception)
        {
            // A user's clock: the next datagram asks again, and the distance known until now holds.
            return;
        }

        var distance = now - elapsedTicks;
        if (_windowStart == long.MinValue || now - _windowStart >= WindowTicks)
        {
            _windowStart = now;
            _earlier = _smallest;
            _smallest = distance;
        }

        _smallest = Math.Min(_smallest, distance);
        Volatile.Write(ref _distance, Math.Min(_earlier, _smallest));
    }
}
