namespace ReactiveLink.Sequencing;

/// <summary>The items that a peer's resequencing holds, in the order of their numbers: a ring, cheap at both ends.</summary>
internal struct HeldItems<T>
{
    private const int SmallCapacity = 8;
    private Held[]? _ring;
    private int _first;
    private int _count;
    private long _earliest;
    private bool _isEarliestKnown;

    public readonly int Count => _count;

    public readonly ulong FirstSequence => At(0).Item.Sequence;

    public readonly ulong LastSequence => At(_count - 1).Item.Sequence;

    /// <summary>When the item arrived that has waited longest. They come in the order of time, so only taking one out can change it.</summary>
    public long EarliestArrival
    {
        get
        {
            if (!_isEarliestKnown)
            {
                _isEarliestKnown = true;
                _earliest = long.MaxValue;
                for (var index = 0; index < _count; index++)
                {
                    _earliest = Math.Min(_earliest, At(index).Arrival);
                }
            }

            return _earliest;
        }
    }

    /// <summary>Puts an item in its place, which mostly is the end.</summary>
    /// <param name="item">The item.</param>
    /// <param name="arrival">When it came.</param>
    /// <param name="next">The number that is next to go out: those held are all ahead of it.</param>
    /// <param name="space">The number space.</param>
    /// <returns>Whether no item of its number was held.</returns>
    public bool TryInsert(in Sequenced<T> item, long arrival, ulong next, SequenceSpace space)
    {
        var offset = space.Distance(next, item.Sequence);
        var index = _count;
        while (index > 0)
        {
            var other = space.Distance(next, At(index - 1).Item.Sequence);
            if (other == offset)
            {
                return false;
            }

            if (other < offset)
            {
                break;
            }

            index--;
        }

        if (_ring is null || _count == _ring.Length)
        {
            Grow();
        }

        if (_count++ == 0)
        {
            _earliest = arrival;
            _isEarliestKnown = true;
        }

        for (var move = _count - 1; move > index; move--)
        {
            At(move) = At(move - 1);
        }

        At(index) = new Held(item.Keep(), arrival);
        return true;
    }

    public Sequenced<T> RemoveFirst()
    {
        ref var place = ref At(0);
        var item = place.Item;
        _isEarliestKnown = false;
        place = default;
        _first = (_first + 1) & (_ring!.Length - 1);
        if (--_count == 0 && _ring.Length > SmallCapacity)
        {
            _ring = null;
            _first = 0;
        }

        return item;
    }

    private readonly ref Held At(int index) => ref _ring![(_first + index) & (_ring.Length - 1)];

    private void Grow()
    {
        var larger = new Held[_ring is null ? SmallCapacity / 2 : _ring.Length * 2];
        for (var index = 0; index < _count; index++)
        {
            larger[index] = At(index);
        }

        _ring = larger;
        _first = 0;
    }

    private readonly record struct Held(Sequenced<T> Item, long Arrival);
}
