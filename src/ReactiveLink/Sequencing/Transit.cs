namespace ReactiveLink.Sequencing;

/// <summary>How long an item was under way, for the jitter: where its two times are found.</summary>
internal abstract class Transit<T>(Func<T, TimeSpan>? arrival)
{
    public void Observe(PeerSequence peer, T value, TimeSpan now) => Observe(value, arrival is null ? now : arrival(value), peer);

    protected abstract void Observe(T value, TimeSpan arrival, PeerSequence peer);
}

/// <summary>Sent at an RTP timestamp: 32 bits, in units of a clock rate.</summary>
internal sealed class RtpTransit<T>(Func<T, uint> timestamp, int clockRate, Func<T, TimeSpan>? arrival) : Transit<T>(arrival)
{
    protected override void Observe(T value, TimeSpan arrival, PeerSequence peer) => peer.ObserveTransit(arrival, timestamp(value), clockRate);
}

/// <summary>Sent at a time.</summary>
internal sealed class TimedTransit<T>(Func<T, TimeSpan> sentAt, Func<T, TimeSpan>? arrival) : Transit<T>(arrival)
{
    protected override void Observe(T value, TimeSpan arrival, PeerSequence peer) => peer.ObserveTransit(arrival, sentAt(value));
}
