namespace ReactiveLink.Metrics.Alerts;

/// <summary>Whether a value lies outside a band around the exponentially weighted mean of those before it. The formulas are those of West (1979) and Finch (2009).</summary>
internal sealed class BandCondition<T>(Func<T, double> selector, double smoothing, double width, double minimumBand, int warmUp) : AlertCondition<T>
{
    private double _mean;
    private double _variance;
    private long _count;

    public override AlertReading Read(T item, long now)
    {
        var value = selector(item);
        if (!double.IsFinite(value))
        {
            return new AlertReading(AlertLevel.Refused, value);
        }

        var delta = value - _mean;
        var isKnown = _count >= warmUp;
        var isOutside = false;
        if (isKnown)
        {
            // One outside is learned as if it lay on the edge: it must not widen the band so that the next passes, and yet a new level is learned.
            var band = Math.Max(width * Math.Sqrt(_variance), minimumBand);
            isOutside = Math.Abs(delta) > band;
            delta = Math.Clamp(delta, -band, band);
        }

        Learn(_count == 0 ? value : delta);
        return isKnown ? AlertReading.Of(isOutside, value) : new AlertReading(AlertLevel.Unknown, value);
    }

    private void Learn(double delta)
    {
        if (_count++ == 0)
        {
            _mean = delta;
            return;
        }

        _mean += smoothing * delta;
        _variance = (1 - smoothing) * (_variance + (smoothing * delta * delta));
        if (!double.IsFinite(_variance) || !double.IsFinite(_mean))
        {
            // An infinite band would never be left again.
            _mean = _variance = _count = 0;
        }
    }
}
