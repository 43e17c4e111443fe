namespace ReactiveLink.Metrics.Alerts;

/// <summary>True from the one threshold on, false from the other on, and between them what it was. A sign of -1 turns it upside down.</summary>
internal sealed class HysteresisJudge(double fire, double clear, int sign) : AlertJudge
{
    private bool _isTrue;

    public override bool TakesInfinities => true;

    public override AlertReading Judge(double value, long now)
    {
        _isTrue = _isTrue ? sign * value >= sign * clear : sign * value > sign * fire;
        return AlertReading.Of(_isTrue, value);
    }
}
