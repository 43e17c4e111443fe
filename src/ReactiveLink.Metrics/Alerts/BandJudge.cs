namespace ReactiveLink.Metrics.Alerts;

/// <summary>Whether a value lies outside a band around the exponentially weighted mean of those before it. The formulas are those of West (1979) and Finch (2009).</summary>
internal sealed class BandJudge(double width, double minimumBand, double smoothing, int warmUp) : LearningJudge(warmUp)
{
    private double _mean;
    private double _variance;

    protected override AlertReading Judge(double value, bool isKnown)
    {
        var delta = value - _mean;
        var reading = AlertReading.Unknown;
        if (isKnown)
        {
            // One outside is learned as if it lay on the edge: it must not widen the band so that the next passes, and yet a new level is learned.
            var band = Math.Max(width * Math.Sqrt(_variance), minimumBand);
            reading = AlertReading.Of(Math.Abs(delta) > band, value);
            delta = Math.Clamp(delta, -band, band);
        }

        Learn(value, delta);
        return reading;
    }

    private void Learn(double value, double delta)
    {
        if (Count == 0)
        {
            _mean = value;
        }
        else
        {
            _mean += smoothing * delta;
            _variance = (1 - smoothing) * (_variance + (smoothing * delta * delta));
        }

        if (double.IsFinite(_variance) && double.IsFinite(_mean))
        {
            Count = Math.Min(Count, int.MaxValue - 1) + 1;
        }
        else
        {
            // An infinite band would never be left again.
            _mean = _variance = Count = 0;
        }
    }
}
