namespace ReactiveLink.Links;

/// <summary>
/// The clock filter of RFC 5905 section 10: of the last eight measurements the one with the shortest round trip is right about the clock. Ticks of 100 ns.
/// </summary>
/// <remarks>
/// The true offset lies within half of a round trip of each measurement's. Where two of them cannot both be right, a clock was set in between: what was
/// measured before it is forgotten at once.
/// </remarks>
internal sealed class ClockFilter
{
    private const int Stages = 8;

    /// <summary>What two clocks may drift apart: RFC 5905's 500 parts per million.</summary>
    private const double Drift = 500e-6;

    /// <summary>For timestamps that are rounded.</summary>
    private const long Rounding = TimeSpan.TicksPerMillisecond;

    private readonly Sample[] _samples = new Sample[Stages];
    private int _count;
    private int _next;

    public bool IsEmpty => _count == 0;

    public Sample Best { get; private set; }

    public Sample Last { get; private set; }

    /// <summary>Takes a measurement.</summary>
    /// <returns>Whether a clock was set since the one before.</returns>
    public bool Add(in Sample sample)
    {
        var isStep = _count != 0 && IsStep(sample, Best);
        if (isStep)
        {
            _count = 0;
            _next = 0;
        }

        _samples[_next] = sample;
        _next = (_next + 1) % Stages;
        _count = Math.Min(_count + 1, Stages);
        Last = sample;
        Best = _samples.AsSpan(0, _count).ToArray().MinBy(static other => other.RoundTrip);
        return isStep;
    }

    private static bool IsStep(in Sample sample, in Sample best)
    {
        // 128 bits: a stranger's clock may say anything.
        var difference = Int128.Abs((Int128)sample.Offset - best.Offset);
        return difference > (sample.RoundTrip / 2) + (best.RoundTrip / 2) + Rounding + (long)(Math.Abs(sample.At - best.At) * Drift);
    }

    /// <param name="RoundTrip">How long both ways took, at least zero.</param>
    /// <param name="Offset">How far the peer's clock is ahead.</param>
    /// <param name="At">When it was measured, on the link's clock.</param>
    internal readonly record struct Sample(long RoundTrip, long Offset, long At);
}
