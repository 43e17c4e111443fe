namespace ReactiveLink.Metrics.Alerts;

/// <summary>
/// The least squares line through the values of the last so long. The time is cut into cells, and whole cells leave, so that the memory is fixed at any rate
/// and a value costs O(1): the sums go up by what comes and down by the cell that leaves, and are made anew from the cells once per turn of them.
/// </summary>
internal sealed class SlidingLine(TimeSpan over)
{
    /// <summary>The line covers its time to within one part of so many.</summary>
    internal const int Cells = 128;

    private readonly long _cellTicks = Math.Max(1, (over.Ticks / Cells) + (over.Ticks % Cells == 0 ? 0 : 1));
    private (long Index, long FirstTicks, PairMoments Moments)[] _cells = new (long, long, PairMoments)[4];
    private PairMoments _all;
    private int _first;
    private int _count;
    private int _removed;
    private long _origin = -1;
    private long _last;

    public double Slope => _all.Slope;

    /// <summary>Whether the values span enough for a line that says something: half of the time.</summary>
    public bool IsJudged => _count > 0 && _last - _cells[_first].FirstTicks >= over.Ticks / 2 && double.IsFinite(Slope);

    public double At(long ticks) => _all.At(Seconds(ticks));

    public void Add(long ticks, double value)
    {
        _origin = _origin < 0 ? ticks : _origin;
        _last = ticks;
        var index = ticks / _cellTicks;
        RemoveUntil(ticks);
        if (_count == 0 || _cells[Slot(_count - 1)].Index != index)
        {
            if (_count == _cells.Length)
            {
                Grow();
            }

            _cells[Slot(_count++)] = (index, ticks, default);
        }

        _cells[Slot(_count - 1)].Moments.Add(Seconds(ticks), value);
        _all.Add(Seconds(ticks), value);
    }

    private void RemoveUntil(long ticks)
    {
        while (_count > 0 && (_cells[_first].Index + 1) * _cellTicks <= ticks - over.Ticks)
        {
            _all.Remove(_cells[_first].Moments);
            _first = Slot(1);
            _count--;
            _removed++;
        }

        // Rounding adds up with each cell taken out, and an overflow would stay for good.
        if (_removed >= Cells || (_removed > 0 && !double.IsFinite(Slope)))
        {
            _removed = 0;
            _all = default;
            for (var i = 0; i < _count; i++)
            {
                _all.Add(_cells[Slot(i)].Moments);
            }
        }
    }

    private void Grow()
    {
        var larger = new (long, long, PairMoments)[Math.Min(2 * _count, Cells + 3)];
        for (var i = 0; i < _count; i++)
        {
            larger[i] = _cells[Slot(i)];
        }

        (_cells, _first) = (larger, 0);
    }

    private int Slot(int offset) => (_first + offset) % _cells.Length;

    private double Seconds(long ticks) => (double)(ticks - _origin) / TimeSpan.TicksPerSecond;
}
