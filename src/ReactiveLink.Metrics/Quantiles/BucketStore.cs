using System.Runtime.CompilerServices;

namespace ReactiveLink.Metrics.Quantiles;

/// <summary>The counts of a sketch's buckets, negative and positive magnitudes in one array of bounded length.</summary>
/// <remarks>
/// <para>
/// Negative magnitudes lie in [0, split), positive ones in [split, length), both ascending; slot = index − offset. The array grows
/// on demand to its limit and is then only rearranged in place.
/// </para>
/// <para>
/// Collapsing: where the spans of both signs together exceed the limit, indices below a floor are counted at the floor; the floor
/// is the lowest that fits. It depends on the lowest and highest index of each sign alone and never falls as content is
/// added, and raising indices to a floor in steps is the same as raising them once to the last. So the outcome does not depend on the
/// order of additions and merges.
/// </para>
/// </remarks>
internal partial struct BucketStore
{
    private const int NoFloor = int.MinValue;
    private const int SmallestArray = 32;

    private readonly int _limit;
    private long[] _counts;
    private int _split;
    private int _negativeOffset;
    private int _positiveOffset;
    private int _floor;

    public BucketStore(int limit)
    {
        _limit = limit;
        _counts = [];
        _floor = NoFloor;
    }

    public readonly int Allocated => _counts.Length;

    public readonly bool IsCollapsed => _floor != NoFloor;

    /// <summary>The index to which lower ones are raised; meaningful while collapsed.</summary>
    public readonly int Floor => _floor;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int index, bool negative, long count)
    {
        var counts = _counts;
        var slot = index - (negative ? _negativeOffset : _positiveOffset);
        // A slot of the other sign's region is not this sign's: slot < split exactly when negative.
        if ((uint)slot < (uint)counts.Length && slot < _split == negative)
        {
            counts[slot] += count;
        }
        else
        {
            AddOutside(index, negative, count);
        }
    }

    public void Merge(in BucketStore other)
    {
        var negative = other.Content(negative: true);
        var positive = other.Content(negative: false);
        if (other._floor > _floor
            || !Covers(negative.RaisedTo(_floor), negative: true)
            || !Covers(positive.RaisedTo(_floor), negative: false))
        {
            Arrange(negative, positive, other._floor);
        }

        AddRange(other, negative, isNegative: true);
        AddRange(other, positive, isNegative: false);
    }

    /// <summary>Whether everything that another holds is here.</summary>
    /// <param name="other">The other.</param>
    public readonly bool Contains(in BucketStore other) =>
        ContainsRange(other, negative: true) && ContainsRange(other, negative: false);

    /// <summary>Takes out what <see cref="Contains"/> found to be here.</summary>
    /// <param name="other">What to take out.</param>
    public void Subtract(in BucketStore other)
    {
        SubtractRange(other, negative: true);
        SubtractRange(other, negative: false);
        ReleaseFloor();
    }

    /// <summary>Takes one out of a bucket, if there is one.</summary>
    /// <param name="index">The bucket.</param>
    /// <param name="negative">Its sign.</param>
    public readonly bool TryTakeOne(int index, bool negative)
    {
        var range = new IndexRange(index, index).RaisedTo(_floor);
        if (!Covers(range, negative))
        {
            return false;
        }

        ref var count = ref _counts[range.Low - Offset(negative)];
        if (count == 0)
        {
            return false;
        }

        count--;
        return true;
    }

    /// <summary>Once nothing is left at the floor, nothing that was collapsed is left, and the floor goes.</summary>
    public void ReleaseFloor()
    {
        if (IsCollapsed && CountAt(_floor, negative: true) == 0 && CountAt(_floor, negative: false) == 0)
        {
            _floor = NoFloor;
        }
    }

    public void Clear()
    {
        Array.Clear(_counts);
        _floor = NoFloor;
    }

    /// <summary>The lowest and highest index of a sign with a count.</summary>
    /// <param name="negative">The sign.</param>
    public readonly IndexRange Content(bool negative)
    {
        var region = Region(negative);
        var first = region.IndexOfAnyExcept(0L);
        if (first < 0)
        {
            return IndexRange.Empty;
        }

        var start = FirstIndex(negative);
        return new IndexRange(start + first, start + region.LastIndexOfAnyExcept(0L));
    }

    /// <summary>The counts of a sign from its <see cref="FirstIndex"/> up.</summary>
    /// <param name="negative">The sign.</param>
    public readonly Span<long> Region(bool negative) =>
        negative ? _counts.AsSpan(0, _split) : _counts.AsSpan(_split);

    /// <summary>The index of the first count of <see cref="Region"/>.</summary>
    /// <param name="negative">The sign.</param>
    public readonly int FirstIndex(bool negative) => negative ? _negativeOffset : _split + _positiveOffset;

    private readonly int Offset(bool negative) => negative ? _negativeOffset : _positiveOffset;

    private readonly long CountAt(int index, bool negative) =>
        Covers(new IndexRange(index, index), negative) ? _counts[index - Offset(negative)] : 0;

    private readonly bool Covers(IndexRange range, bool negative)
    {
        var start = FirstIndex(negative);
        return range.IsEmpty || (range.Low >= start && range.High < start + Region(negative).Length);
    }

    private readonly Span<long> Slice(IndexRange range, bool negative) =>
        range.IsEmpty ? [] : _counts.AsSpan(range.Low - Offset(negative), range.Length);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddOutside(int index, bool negative, long count)
    {
        var range = new IndexRange(index, index);
        if (!Covers(range.RaisedTo(_floor), negative))
        {
            Arrange(negative ? range : IndexRange.Empty, negative ? IndexRange.Empty : range, NoFloor);
        }

        _counts[Math.Max(index, _floor) - Offset(negative)] += count;
    }

    private readonly void AddRange(in BucketStore other, IndexRange range, bool isNegative)
    {
        var (below, rest) = range.SplitAt(_floor);
        if (!below.IsEmpty)
        {
            _counts[_floor - Offset(isNegative)] += CountSpans.Sum(other.Slice(below, isNegative));
        }

        CountSpans.Add(Slice(rest, isNegative), other.Slice(rest, isNegative));
    }

    private readonly bool ContainsRange(in BucketStore other, bool negative)
    {
        var range = other.Content(negative);
        if (!Covers(range.RaisedTo(_floor), negative))
        {
            return false;
        }

        var (below, rest) = range.SplitAt(_floor);
        if (!below.IsEmpty
            && CountAt(_floor, negative) < CountSpans.Sum(other.Slice(below, negative)) + other.CountAt(_floor, negative))
        {
            return false;
        }

        return !CountSpans.AnyLess(Slice(rest, negative), other.Slice(rest, negative));
    }

    private readonly void SubtractRange(in BucketStore other, bool negative)
    {
        var (below, rest) = other.Content(negative).SplitAt(_floor);
        if (!below.IsEmpty)
        {
            _counts[_floor - Offset(negative)] -= CountSpans.Sum(other.Slice(below, negative));
        }

        CountSpans.Subtract(Slice(rest, negative), other.Slice(rest, negative));
    }
}
