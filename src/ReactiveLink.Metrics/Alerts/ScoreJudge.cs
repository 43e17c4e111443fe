namespace ReactiveLink.Metrics.Alerts;

/// <summary>
/// Whether a value lies further from the mean of the values before it than so many of their standard deviations. Mean and squares slide by Welford's update and
/// its inverse, and are made anew once per turn of the window, since rounding adds up.
/// </summary>
internal sealed class ScoreJudge(double limit, double minimumDeviation, int window, int warmUp) : LearningJudge(warmUp)
{
    /// <summary>The squares of values below this do not overflow, however many are in a window.</summary>
    private const double Huge = 1e150;

    /// <summary>What is left of the squares must be so much of what they were, or rounding is too much of it.</summary>
    private const double LeastLeft = 1e-6;

    private double[] _values = new double[Math.Min(window, 16)];
    private double _mean;
    private double _squares;
    private double _peak;
    private int _summed;
    private int _next;

    protected override AlertReading Judge(double value, bool isKnown)
    {
        var reading = AlertReading.Unknown;
        if (isKnown && _summed == Count)
        {
            var deviation = Math.Max(Math.Sqrt(Math.Max(0, _squares) / (Count - 1)), minimumDeviation);
            var score = (value - _mean) / deviation;
            reading = AlertReading.Of(Math.Abs(score) > limit, score);
        }

        Learn(value);
        return reading;
    }

    private void Learn(double value)
    {
        if (Count == window)
        {
            Remove(_values[_next]);
        }
        else
        {
            if (Count == _values.Length)
            {
                Array.Resize(ref _values, Math.Min(window, _values.Length * 2));
            }

            Count++;
        }

        _values[_next] = value;
        _next = (_next + 1) % window;
        Add(value);
        if (_next == 0 || _squares < _peak * LeastLeft)
        {
            (_mean, _squares, _peak, _summed) = (0, 0, 0, 0);
            for (var i = 0; i < Count; i++)
            {
                Add(_values[i]);
            }
        }
    }

    private void Add(double value)
    {
        if (Math.Abs(value) < Huge)
        {
            var delta = value - _mean;
            _mean += delta / ++_summed;
            _squares += delta * (value - _mean);
            _peak = Math.Max(_peak, _squares);
        }
    }

    private void Remove(double value)
    {
        if (Math.Abs(value) < Huge && --_summed > 0)
        {
            var delta = value - _mean;
            _mean -= delta / _summed;
            _squares -= delta * (value - _mean);
        }
        else if (_summed == 0)
        {
            (_mean, _squares) = (0, 0);
        }
    }
}
