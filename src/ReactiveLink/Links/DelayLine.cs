using ReactiveLink.Sequencing;

namespace ReactiveLink.Links;

/// <summary>
/// The slope of what heartbeats took one way, by least squares over the last eight, as the trendline filter of draft-ietf-rmcat-gcc-02 section 5 has it. The two clocks
/// need not agree: what they are apart is in every value alike.
/// </summary>
internal sealed class DelayLine
{
    private const int Length = 8;
    private const int Fewest = 3;

    private readonly (long At, long Delay)[] _points = new (long, long)[Length];
    private int _count;
    private int _next;

    /// <summary>Ticks per tick; null before the third heartbeat.</summary>
    public double? Slope
    {
        get
        {
            if (_count < Fewest)
            {
                return null;
            }

            // About the first point: wall clock times would use up a double's 53 bits.
            var points = _points.AsSpan(0, _count);
            var origin = points[0];
            double sumX = 0, sumY = 0, sumXX = 0, sumXY = 0;
            foreach (var (at, delay) in points)
            {
                double x = at - origin.At;
                double y = delay - origin.Delay;
                sumX += x;
                sumY += y;
                sumXX += x * x;
                sumXY += x * y;
            }

            var spread = (_count * sumXX) - (sumX * sumX);
            return spread > 0 ? ((_count * sumXY) - (sumX * sumY)) / spread : null;
        }
    }

    /// <summary>Takes a heartbeat.</summary>
    /// <param name="at">When it came, on the link's clock.</param>
    /// <param name="delay">That less when it was sent, on the peer's.</param>
    public void Add(long at, long delay)
    {
        var previous = _points[(_next + Length - 1) % Length];
        if (_count != 0 && Int128.Abs((Int128)delay - previous.Delay) > JitterEstimator.LargestDifference)
        {
            // The peer's clock was set.
            Clear();
        }

        _points[_next] = (at, delay);
        _next = (_next + 1) % Length;
        _count = Math.Min(_count + 1, Length);
    }

    public void Clear()
    {
        _count = 0;
        _next = 0;
    }
}
