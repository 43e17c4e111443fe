namespace ReactiveLink.Metrics.Quantiles;

/// <summary>The values themselves, while they are few: a sketch's exact form.</summary>
internal struct ExactValues
{
    /// <summary>How many values are kept as they are before the sketch turns to buckets.</summary>
    public const int Capacity = 64;

    private double[] _values;
    private int _length;
    private bool _sorted;

    public ExactValues()
    {
        _values = [];
        _sorted = true;
    }

    public readonly int Length => _length;

    /// <summary>How many values the array holds without growing.</summary>
    public readonly int Allocated => _values.Length;

    public readonly ReadOnlySpan<double> Values => _values.AsSpan(0, _length);

    public void Add(double value, int count)
    {
        var length = _length + count;
        if (length > _values.Length)
        {
            Array.Resize(ref _values, Math.Min(Capacity, Math.Max(length, Math.Max(8, _values.Length * 2))));
        }

        _values.AsSpan(_length, count).Fill(value);
        _length = length;
        _sorted = length == 1;
    }

    public void AddAll(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
        {
            Add(value, 1);
        }
    }

    public ReadOnlySpan<double> Sorted()
    {
        var values = _values.AsSpan(0, _length);
        if (!_sorted)
        {
            values.Sort();
            _sorted = true;
        }

        return values;
    }

    /// <summary>Takes out one occurrence for each value given; all of them or none.</summary>
    /// <param name="sorted">What to take out, ascending.</param>
    public bool TryRemove(ReadOnlySpan<double> sorted)
    {
        var own = Sorted();
        var found = 0;
        for (var i = 0; i < own.Length && found < sorted.Length; i++)
        {
            if (own[i].Equals(sorted[found]))
            {
                found++;
            }
        }

        if (found < sorted.Length)
        {
            return false;
        }

        var kept = 0;
        var removed = 0;
        for (var i = 0; i < own.Length; i++)
        {
            var value = own[i];
            if (removed < sorted.Length && value.Equals(sorted[removed]))
            {
                removed++;
            }
            else
            {
                _values[kept++] = value;
            }
        }

        _length = kept;
        return true;
    }

    /// <summary>Forgets the values; they stay in the array until others are added (see <see cref="Restore"/>).</summary>
    public void Clear()
    {
        _length = 0;
        _sorted = true;
    }

    /// <summary>Undoes a <see cref="Clear"/> after which nothing was added.</summary>
    /// <param name="length">How many values there were.</param>
    public void Restore(int length)
    {
        _length = length;
        _sorted = false;
    }
}
