namespace ReactiveLink.Metrics.Alerts;

/// <summary>Judges the line through the last values.</summary>
internal abstract class LineJudge(TimeSpan over) : AlertJudge
{
    protected SlidingLine Line { get; } = new(over);

    public sealed override AlertReading Judge(double value, long now)
    {
        Line.Add(now, value);
        return Line.IsJudged ? Judge(now) : AlertReading.Unknown;
    }

    protected abstract AlertReading Judge(long now);
}

/// <summary>Whether the value changes faster than so much a second, in the direction of the limit's sign.</summary>
internal sealed class RateJudge(double perSecond, TimeSpan over) : LineJudge(over)
{
    protected override AlertReading Judge(long now) =>
        AlertReading.Of(perSecond > 0 ? Line.Slope > perSecond : Line.Slope < perSecond, Line.Slope);
}

/// <summary>Whether the line is at or past the threshold now or will be within the horizon. A sign of -1 turns it upside down.</summary>
internal sealed class CrossingJudge(double threshold, int sign, TimeSpan horizon, TimeSpan over) : LineJudge(over)
{
    protected override AlertReading Judge(long now)
    {
        var predicted = Line.At(now) + (Line.Slope * horizon.TotalSeconds);
        var isReached = Math.Max(sign * predicted, sign * Line.At(now)) >= sign * threshold;
        return AlertReading.Of(isReached, predicted);
    }
}
