namespace ReactiveLink.Metrics.Quantiles;

/// <content>The layout: growing, making room, collapsing.</content>
internal partial struct BucketStore
{
    /// <summary>Makes room for more indices, collapsing where both signs together exceed the limit.</summary>
    private void Arrange(IndexRange moreNegative, IndexRange morePositive, int floor)
    {
        var negative = Content(negative: true).Union(moreNegative);
        var positive = Content(negative: false).Union(morePositive);
        _floor = LowestFloor(negative, positive, Math.Max(_floor, floor));
        negative = negative.RaisedTo(_floor);
        positive = positive.RaisedTo(_floor);
        var negativeBelow = TakeBelowFloor(negative: true);
        var positiveBelow = TakeBelowFloor(negative: false);

        var needed = negative.Length + positive.Length;
        var counts = needed <= _counts.Length
            ? _counts
            : new long[Math.Min(_limit, Math.Max(SmallestArray, needed + (needed / 2)))];

        // What is spare is shared by the signs that there are, half below and half above; below the floor nothing may lie.
        var spare = counts.Length - needed;
        var negativeSpare = negative.IsEmpty ? 0 : positive.IsEmpty ? spare : spare / 2;
        var split = negative.Length + negativeSpare;
        var negativeOffset = negative.IsEmpty ? 0 : Start(negative, negativeSpare);
        var positiveOffset = positive.IsEmpty ? 0 : Start(positive, spare - negativeSpare) - split;

        Move(counts, negativeOffset, positiveOffset);
        (_counts, _split, _negativeOffset, _positiveOffset) = (counts, split, negativeOffset, positiveOffset);
        if (negativeBelow > 0)
        {
            _counts[_floor - _negativeOffset] += negativeBelow;
        }

        if (positiveBelow > 0)
        {
            _counts[_floor - _positiveOffset] += positiveBelow;
        }
    }

    private readonly int Start(IndexRange range, int spare) => Math.Max(range.Low - (spare / 2), _floor);

    private readonly int LowestFloor(IndexRange negative, IndexRange positive, int floor)
    {
        if (negative.RaisedTo(floor).Length + positive.RaisedTo(floor).Length <= _limit)
        {
            return floor;
        }

        // The spans shrink as the floor rises; at the highest index of all, each sign has one bucket at most.
        var tooLow = Math.Max(floor, Math.Min(negative.Low, positive.Low));
        var fits = Math.Max(negative.High, positive.High);
        while (fits - tooLow > 1)
        {
            var middle = tooLow + ((fits - tooLow) / 2);
            if (negative.RaisedTo(middle).Length + positive.RaisedTo(middle).Length <= _limit)
            {
                fits = middle;
            }
            else
            {
                tooLow = middle;
            }
        }

        return fits;
    }

    private readonly long TakeBelowFloor(bool negative)
    {
        var (below, _) = Content(negative).SplitAt(_floor);
        var slots = Slice(below, negative);
        var sum = CountSpans.Sum(slots);
        slots.Clear();
        return sum;
    }

    /// <summary>Moves both blocks of counts to their new places, which may lie in the same array.</summary>
    private readonly void Move(long[] counts, int negativeOffset, int positiveOffset)
    {
        var negative = Content(negative: true);
        var positive = Content(negative: false);
        var from = Slice(negative, negative: true);
        var to = negative.IsEmpty ? [] : counts.AsSpan(negative.Low - negativeOffset, negative.Length);
        var positiveFrom = Slice(positive, negative: false);
        var positiveTo = positive.IsEmpty ? [] : counts.AsSpan(positive.Low - positiveOffset, positive.Length);

        // The blocks keep their order. If the right one moves right, it goes first; otherwise the left one's new place ends before it.
        var rightFirst = positiveOffset <= _positiveOffset;
        if (rightFirst)
        {
            positiveFrom.CopyTo(positiveTo);
        }

        from.CopyTo(to);
        if (!rightFirst)
        {
            positiveFrom.CopyTo(positiveTo);
        }

        var negativeStart = negative.IsEmpty ? 0 : negative.Low - negativeOffset;
        var positiveStart = positive.IsEmpty ? counts.Length : positive.Low - positiveOffset;
        counts.AsSpan(0, negativeStart).Clear();
        counts.AsSpan(negativeStart + to.Length, positiveStart - negativeStart - to.Length).Clear();
        counts.AsSpan(positiveStart + positiveTo.Length).Clear();
    }
}
