using ReactiveLink.Metrics.Quantiles;

namespace ReactiveLink.Metrics;

/// <content>Merging and its inverse.</content>
public sealed partial class QuantileSketch
{
    /// <summary>Adds everything that another sketch holds, its refusals included. The other is not changed.</summary>
    /// <remarks>
    /// Commutative and associative: sketches of the same <see cref="MaximumBytes"/> give the same buckets in whatever order they are
    /// merged. If the other is collapsed, so is this, at the higher of both <see cref="CollapsedBelow"/>.
    /// </remarks>
    /// <param name="other">The other; it may be this one, whose counts then double.</param>
    /// <exception cref="ArgumentNullException"><paramref name="other"/> is null.</exception>
    /// <exception cref="ArgumentException">The other's relative accuracy differs: its buckets have other edges.</exception>
    /// <exception cref="OverflowException">The sketch would hold more than 2^63 − 1 values.</exception>
    public void Merge(QuantileSketch other)
    {
        ThrowUnlessAlike(other);
        if (ReferenceEquals(other, this))
        {
            other = Clone();
        }

        _ = checked(_count + Refused + other._count + other.Refused);
        Refused += other.Refused;
        if (other._count == 0)
        {
            return;
        }

        if (_isExact && (!other._isExact || _count + other._count > ExactValues.Capacity))
        {
            TurnToBuckets();
        }

        _count += other._count;
        Widen(other._minimum, other._maximum, other._minimumEstimated, other._maximumEstimated);
        if (_isExact)
        {
            _exact.AddAll(other._exact.Values);
        }
        else if (other._isExact)
        {
            foreach (var value in other._exact.Values)
            {
                CountInBucket(value, 1);
            }
        }
        else
        {
            _zeros += other._zeros;
            _buckets.Merge(other._buckets);
        }
    }

    /// <summary>Takes out everything that another sketch holds, its refusals included: the inverse of <see cref="Merge"/>.</summary>
    /// <remarks>
    /// <para>
    /// Counts are whole numbers, so what was merged comes out without residue, as a sliding window asks for. It holds after a collapse
    /// too: the collapsed buckets lose as many as they were given. But what was collapsed does not become fine again; the sketch stays
    /// collapsed until the last value counted at <see cref="CollapsedBelow"/> is gone. A sketch that turned to buckets becomes exact again
    /// when it is empty. <see cref="Min"/> and <see cref="Max"/> may become estimates.
    /// </para>
    /// <para>
    /// What is checked are the counts: a sketch whose values were never merged, but fall in the same buckets, is taken out as well.
    /// </para>
    /// </remarks>
    /// <param name="other">What to take out; this sketch itself empties it.</param>
    /// <returns>False, with nothing changed, if the other holds something that this does not.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="other"/> is null.</exception>
    /// <exception cref="ArgumentException">The other's relative accuracy differs: its buckets have other edges.</exception>
    public bool Subtract(QuantileSketch other)
    {
        ThrowUnlessAlike(other);
        if (other._count > _count || other.Refused > Refused)
        {
            return false;
        }

        if (ReferenceEquals(other, this))
        {
            Clear();
            return true;
        }

        if (other._count > 0 && !TrySubtractValues(other))
        {
            return false;
        }

        Refused -= other.Refused;
        return true;
    }

    /// <summary>A sketch of the same parameters and content, independent of this one.</summary>
    public QuantileSketch Clone()
    {
        var clone = new QuantileSketch(RelativeAccuracy, MaximumBytes);
        CopyTo(clone);
        return clone;
    }

    /// <summary>A clone that is not changed by being read, so that several threads may.</summary>
    internal QuantileSketch CloneToRead()
    {
        var clone = Clone();
        _ = clone._exact.Sorted();
        return clone;
    }

    /// <summary>Replaces the content of another sketch by this one's.</summary>
    /// <param name="destination">The other; its own bound on memory goes on to hold.</param>
    /// <exception cref="ArgumentNullException"><paramref name="destination"/> is null.</exception>
    /// <exception cref="ArgumentException">The destination's relative accuracy differs.</exception>
    public void CopyTo(QuantileSketch destination)
    {
        ThrowUnlessAlike(destination);
        if (!ReferenceEquals(destination, this))
        {
            destination.Clear();
            destination.Merge(this);
        }
    }

    private void ThrowUnlessAlike(QuantileSketch other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (!other.RelativeAccuracy.Equals(RelativeAccuracy))
        {
            throw new ArgumentException(
                $"The sketches differ in relative accuracy ({RelativeAccuracy} and {other.RelativeAccuracy}); give both the same.",
                nameof(other));
        }
    }

    private bool TrySubtractValues(QuantileSketch other)
    {
        if (_isExact)
        {
            return other._isExact ? TrySubtractExactly(other) : TrySubtractAsBuckets(other);
        }

        if (!(other._isExact ? TryTakeOut(other._exact.Values) : TryTakeOut(other)))
        {
            return false;
        }

        Shrink(other._count, other._minimum, other._maximum);
        return true;
    }

    private bool TrySubtractExactly(QuantileSketch other)
    {
        if (!_exact.TryRemove(other._exact.Sorted()))
        {
            return false;
        }

        _count = _exact.Length;
        if (_count == 0)
        {
            Reset();
        }
        else
        {
            _minimum = _exact.Values[0];
            _maximum = _exact.Values[^1];
        }

        return true;
    }

    // The other was larger once and shrank by subtraction: only its buckets are known, so they are what can be compared.
    private bool TrySubtractAsBuckets(QuantileSketch other)
    {
        var length = _exact.Length;
        TurnToBuckets();
        if (TryTakeOut(other))
        {
            Shrink(other._count, other._minimum, other._maximum);
            return true;
        }

        _buckets.Clear();
        _zeros = 0;
        _isExact = true;
        _exact.Restore(length);
        return false;
    }

    private bool TryTakeOut(QuantileSketch other)
    {
        if (other._zeros > _zeros || !_buckets.Contains(other._buckets))
        {
            return false;
        }

        _zeros -= other._zeros;
        _buckets.Subtract(other._buckets);
        return true;
    }

    private bool TryTakeOut(ReadOnlySpan<double> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!TryTakeOne(CodeOf(values[i])))
            {
                // What was taken is given back: all or nothing.
                foreach (var taken in values[..i])
                {
                    CountInBucket(taken, 1);
                }

                return false;
            }
        }

        _buckets.ReleaseFloor();
        return true;
    }

    private void Shrink(long count, double minimum, double maximum)
    {
        _count -= count;
        if (_count == 0)
        {
            Reset();
            return;
        }

        // An extreme that the other did not reach is still there.
        _minimumEstimated |= minimum <= _minimum;
        _maximumEstimated |= maximum >= _maximum;
    }

    private void Widen(double minimum, double maximum, bool minimumEstimated, bool maximumEstimated)
    {
        if (minimum < _minimum)
        {
            (_minimum, _minimumEstimated) = (minimum, minimumEstimated);
        }
        else if (minimum == _minimum)
        {
            _minimumEstimated &= minimumEstimated;
        }

        if (maximum > _maximum)
        {
            (_maximum, _maximumEstimated) = (maximum, maximumEstimated);
        }
        else if (maximum == _maximum)
        {
            _maximumEstimated &= maximumEstimated;
        }
    }
}
