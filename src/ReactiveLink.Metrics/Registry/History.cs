namespace ReactiveLink.Metrics.Registry;

/// <summary>
/// The latest values of a metric in the order of time, within a count and an age. Sums, counts, smallest and largest of any window that ends now are
/// kept as values come and go: running sums in double-double arithmetic (Knuth's two-sum), and the monotonic queues known from sliding-window
/// minimum. Reading them takes a binary search. Percentiles are kept by <see cref="WindowSketches"/>.
/// </summary>
internal sealed class History
{
    private readonly int _maximum;
    private readonly long _retention;
    private readonly MonotonicQueue _smallest = new(sign: 1);
    private readonly MonotonicQueue _largest = new(sign: -1);
    private Held[] _items = new Held[16];
    private long _first;
    private long _end;
    private double _high;
    private double _low;
    private readonly WindowSketches _sketches;

    public History(MetricRegistryOptions options)
    {
        _maximum = options.MaximumValues;
        _retention = options.Retention.Ticks;
        _sketches = new WindowSketches(this, options);
    }

    /// <summary>Values let go because there were too many.</summary>
    public long Evicted { get; set; }

    /// <summary>Values let go because of their age.</summary>
    public long Expired { get; private set; }

    public int Count => (int)(_end - _first);

    /// <summary>The index after the newest value's.</summary>
    public long End => _end;

    public long FirstTicks => this[_first].Ticks;

    public long LastTicks => this[_end - 1].Ticks;

    public double LastValue => this[_end - 1].Value;

    private ref Held this[long index] => ref _items[(int)index & (_items.Length - 1)];

    public void Add(Entry entry)
    {
        if (Count == _maximum)
        {
            RemoveFirst();
            Evicted++;
        }
        else if (Count == _items.Length)
        {
            Grow();
        }

        // Cells are drained one after the other: a value of an earlier cell may come after one of a later cell.
        var ticks = Count == 0 ? entry.Ticks : Math.Max(entry.Ticks, LastTicks);
        this[_end] = new Held(entry.Value, ticks, _high, _low);
        var sum = _high + entry.Value;
        var part = sum - _high;
        var error = _high - (sum - part) + (entry.Value - part) + _low;
        _high = sum + error;
        _low = error - (_high - sum);
        _smallest.Add(_end, entry.Value);
        _largest.Add(_end, entry.Value);
        _end++;
    }

    /// <summary>Lets go of what is older than the retention.</summary>
    /// <param name="now">The time, read before the values came here.</param>
    /// <returns>The time of the newest value, if that is later.</returns>
    public long Expire(long now)
    {
        now = Count == 0 ? now : Math.Max(now, LastTicks);
        while (Count > 0 && now - FirstTicks > _retention)
        {
            RemoveFirst();
            Expired++;
        }

        if (Count == 0)
        {
            _high = 0;
            _low = 0;
        }

        return now;
    }

    public void Clear()
    {
        _first = _end;
        _high = 0;
        _low = 0;
        Evicted = 0;
        Expired = 0;
        _smallest.Clear();
        _largest.Clear();
        _sketches.Clear();
    }

    /// <summary>Where the values not older than this begin.</summary>
    public long Find(long ticks)
    {
        var low = _first;
        var high = _end;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (this[middle].Ticks < ticks)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    public long CountFrom(long start) => _end - start;

    public double SumFrom(long start)
    {
        if (start >= _end)
        {
            return 0;
        }

        var item = this[start];
        var sum = _high - item.High + (_low - item.Low);
        if (double.IsFinite(sum))
        {
            return sum;
        }

        // Some sum has overflowed on the way; this window's need not.
        sum = 0;
        for (var i = start; i < _end; i++)
        {
            sum += this[i].Value;
        }

        return sum;
    }

    public double SmallestFrom(long start) => start >= _end ? double.NaN : _smallest.From(start);

    public double LargestFrom(long start) => start >= _end ? double.NaN : _largest.From(start);

    public double ValueAt(long index) => this[index].Value;

    public long TicksAt(long index) => this[index].Ticks;

    /// <summary>A sketch of the values of the last while. Valid until the next call.</summary>
    /// <param name="length">How long, in ticks.</param>
    /// <param name="start">Where they begin.</param>
    public QuantileSketch SketchFrom(long length, long start) => _sketches.Of(length, start);

    /// <summary>A quantile of the values of the last while; NaN of none.</summary>
    public double QuantileFrom(long length, long start, double q) =>
        start >= _end ? double.NaN : Math.Clamp(SketchFrom(length, start).Quantile(q), SmallestFrom(start), LargestFrom(start));

    private void RemoveFirst()
    {
        _smallest.Remove(_first);
        _largest.Remove(_first);
        _sketches.Leave(_first, this[_first].Value);
        _first++;
    }

    private void Grow()
    {
        var larger = new Held[_items.Length * 2];
        for (var i = _first; i < _end; i++)
        {
            larger[(int)i & (larger.Length - 1)] = this[i];
        }

        _items = larger;
    }

    /// <summary>A value, and the running sum before it.</summary>
    private readonly record struct Held(double Value, long Ticks, double High, double Low);
}
