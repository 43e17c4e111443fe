namespace ReactiveLink.Sequencing;

/// <summary>
/// Interarrival jitter, RFC 3550 sections 6.4.1 and A.8: J += (|D| - J) / 16, where D is how much longer the one item was under way than the one before it.
/// In ticks of 100 ns. For one writer. A D of more than <see cref="LargestDifference"/> is a clock that was set, which says nothing of the way: it does not count.
/// </summary>
internal struct JitterEstimator
{
    /// <summary>A minute, longer than anything is under way.</summary>
    public const long LargestDifference = TimeSpan.TicksPerMinute;

    // In place of an arrival: there is none to compare with. No monotonic clock gets there. (A flag would cost each peer eight bytes.)
    private const long None = long.MinValue;
    private double _jitter;
    private long _arrival = None;
    private long _sent;

    public JitterEstimator()
    {
    }

    public readonly double Ticks => _jitter;

    /// <summary>The sender's clock is in ticks.</summary>
    public void Observe(long arrival, long sent) => Update(arrival, unchecked(sent - _sent), sent);

    /// <summary>The sender's clock is an RTP timestamp: 32 bits that wrap.</summary>
    public void Observe(long arrival, uint timestamp, int clockRate) =>
        Update(arrival, unchecked((int)(timestamp - (uint)_sent)) * ((double)TimeSpan.TicksPerSecond / clockRate), timestamp);

    /// <summary>The next item is compared with none: the sender's clock may have changed.</summary>
    public void Restart() => _arrival = None;

    private void Update(long arrival, double sentDifference, long sent)
    {
        if (_arrival != None)
        {
            var difference = Math.Abs(unchecked(arrival - _arrival) - sentDifference);
            _jitter += difference <= LargestDifference ? (difference - _jitter) / 16 : 0;
        }

        _arrival = arrival;
        _sent = sent;
    }
}
