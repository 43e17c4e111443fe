namespace ReactiveLink.Metrics.Registry;

/// <summary>The values that can still become the smallest (sign 1) or largest (sign -1) of a window that ends at the newest. Amortized constant per value.</summary>
internal sealed class MonotonicQueue(int sign)
{
    private (long Index, double Value)[] _items = new (long, double)[16];
    private long _first;
    private long _end;

    public void Add(long index, double value)
    {
        while (_end > _first && sign * this[_end - 1].Value >= sign * value)
        {
            _end--;
        }

        if (_end - _first == _items.Length)
        {
            Grow();
        }

        this[_end++] = (index, value);
    }

    /// <summary>The value of that index leaves.</summary>
    public void Remove(long index)
    {
        if (_first < _end && this[_first].Index == index)
        {
            _first++;
        }
    }

    public void Clear() => _first = _end;

    /// <summary>The smallest or largest from an index on, which must not be past the newest.</summary>
    public double From(long start)
    {
        var low = _first;
        var high = _end - 1;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (this[middle].Index < start)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return this[low].Value;
    }

    private ref (long Index, double Value) this[long index] => ref _items[(int)index & (_items.Length - 1)];

    private void Grow()
    {
        var larger = new (long, double)[_items.Length * 2];
        for (var i = _first; i < _end; i++)
        {
            larger[(int)i & (larger.Length - 1)] = this[i];
        }

        _items = larger;
    }
}
