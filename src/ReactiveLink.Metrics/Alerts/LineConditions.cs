namespace ReactiveLink.Metrics.Alerts;

/// <summary>What the conditions over a line through the last values share.</summary>
internal abstract class LineCondition<T>(Func<T, double> selector, TimeSpan over) : AlertCondition<T>
{
    protected SlidingLine Line { get; } = new(over);

    public sealed override AlertReading Read(T item, long now)
    {
        var value = selector(item);
        if (!double.IsFinite(value))
        {
            return new AlertReading(AlertLevel.Refused, value);
        }

        Line.Add(now, value);
        return Line.IsJudged ? Judge(now) : new AlertReading(AlertLevel.Unknown, double.NaN);
    }

    protected abstract AlertReading Judge(long now);
}

/// <summary>Whether the value changes faster than so much a second, in the direction of the limit's sign.</summary>
internal sealed class RateCondition<T>(Func<T, double> selector, double perSecond, TimeSpan over) : LineCondition<T>(selector, over)
{
    protected override AlertReading Judge(long now) =>
        AlertReading.Of(perSecond > 0 ? Line.Slope > perSecond : Line.Slope < perSecond, Line.Slope);
}

/// <summary>Whether the line is at or past the threshold now or will be within the horizon. A factor of -1 turns it upside down.</summary>
internal sealed class CrossingCondition<T>(Func<T, double> selector, double threshold, TimeSpan horizon, TimeSpan over, int factor)
    : LineCondition<T>(selector, over)
{
    protected override AlertReading Judge(long now)
    {
        var predicted = Line.At(now) + (Line.Slope * horizon.TotalSeconds);
        var isReached = Math.Max(factor * predicted, factor * Line.At(now)) >= factor * threshold;
        return AlertReading.Of(isReached, predicted);
    }
}
