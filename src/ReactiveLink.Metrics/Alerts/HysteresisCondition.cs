namespace ReactiveLink.Metrics.Alerts;

/// <summary>True from the one threshold on, false from the other on, and between them what it was. A factor of -1 turns it upside down.</summary>
internal sealed class HysteresisCondition<T>(Func<T, double> selector, double fire, double clear, int factor) : AlertCondition<T>
{
    private bool _isTrue;

    public override AlertReading Read(T item, long now)
    {
        var value = selector(item);
        if (double.IsNaN(value))
        {
            return new AlertReading(AlertLevel.Refused, value);
        }

        _isTrue = _isTrue ? factor * value >= factor * clear : factor * value > factor * fire;
        return AlertReading.Of(_isTrue, value);
    }
}
