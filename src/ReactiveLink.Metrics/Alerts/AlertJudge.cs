namespace ReactiveLink.Metrics.Alerts;

/// <summary>A condition at work: what it makes of the values of one key, with what it has to remember of them.</summary>
internal abstract class AlertJudge
{
    public virtual bool TakesInfinities => false;

    /// <param name="value">The value, never NaN.</param>
    /// <param name="now">When it came, in ticks of the subscription's clock.</param>
    public abstract AlertReading Judge(double value, long now);
}
