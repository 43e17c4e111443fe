namespace ReactiveLink.Metrics.Alerts;

/// <summary>
/// Whether a value lies further from the mean of the values before it than so many of their standard deviations. Mean and squares slide by Welford's update and
/// its inverse, and are made anew once per turn of the window, since rounding adds up.
/// </summary>
internal sealed class ScoreCondition<T>(Func<T, double> selector, double limit, int window, int warmUp, double minimumDeviation) : AlertCondition<T>
{
    private double[] _values = new double[Math.Min(window, 16)];
    private double _mean;
    private double _squares;
    private int _count;
    private int _next;

    public override AlertReading Read(T item, long now)
    {
        var value = selector(item);
        if (!double.IsFinite(value))
        {
            return new AlertReading(AlertLevel.Refused, value);
        }

        var reading = new AlertReading(AlertLevel.Unknown, double.NaN);
        if (_count >= warmUp)
        {
            var deviation = Math.Max(Math.Sqrt(Math.Max(0, _squares / (_count - 1))), minimumDeviation);
            var score = (value - _mean) / deviation;
            if (double.IsFinite(score))
            {
                reading = AlertReading.Of(Math.Abs(score) > limit, score);
            }
        }

        Learn(value);
        return reading;
    }

    private void Learn(double value)
    {
        if (_count == window)
        {
            Remove(_values[_next]);
        }
        else if (_count == _values.Length)
        {
            Array.Resize(ref _values, Math.Min(window, _values.Length * 2));
        }

        _values[_next] = value;
        _next = (_next + 1) % window;
        Add(value);
        if (_next == 0 || !double.IsFinite(_squares))
        {
            var held = _count;
            (_mean, _squares, _count) = (0, 0, 0);
            for (var i = 0; i < held; i++)
            {
                Add(_values[i]);
            }
        }
    }

    private void Add(double value)
    {
        var delta = value - _mean;
        _mean += delta / ++_count;
        _squares += delta * (value - _mean);
    }

    private void Remove(double value)
    {
        var delta = value - _mean;
        _mean -= delta / --_count;
        _squares -= delta * (value - _mean);
    }
}
