using System.Runtime.CompilerServices;

namespace ReactiveLink.Metrics;

/// <content>Values as the codes of their buckets, for those who merge and subtract the same few values.</content>
/// <remarks>A code is the bucket's index plus one, with the value's sign, or 0 for what is counted as zero.</remarks>
public sealed partial class QuantileSketch
{
    /// <summary>The code of a finite value.</summary>
    /// <param name="value">The value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int CodeOf(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        if ((bits & ExponentMask) == 0)
        {
            return 0;
        }

        var code = _mapping.IndexOf(bits) + 1;
        return bits < 0 ? -code : code;
    }

    /// <summary>The codes of finite values.</summary>
    /// <param name="values">The values.</param>
    /// <param name="codes">Receives as many codes.</param>
    internal void CodesOf(ReadOnlySpan<double> values, Span<int> codes)
    {
        int i = _mapping.CodesOf(values, codes);
        for (; i < values.Length; i++)
        {
            codes[i] = CodeOf(values[i]);
        }
    }

    /// <summary>Counts values by their codes; the sketch turns to buckets.</summary>
    /// <param name="codes">The codes; at least one.</param>
    /// <param name="minimum">The lowest of the values.</param>
    /// <param name="maximum">The highest of the values.</param>
    internal void MergeCodes(ReadOnlySpan<int> codes, double minimum, double maximum)
    {
        if (_isExact)
        {
            TurnToBuckets();
        }

        _count = checked(_count + codes.Length);
        Widen(minimum, maximum, minimumEstimated: false, maximumEstimated: false);
        CountInBuckets(codes);
    }

    /// <summary>Takes out values by their codes: the inverse of <see cref="MergeCodes"/>.</summary>
    /// <param name="codes">The codes.</param>
    /// <param name="minimum">The lowest of the values.</param>
    /// <param name="maximum">The highest of the values.</param>
    /// <returns>False, with nothing changed, if one of them is not held, or only as an exact value.</returns>
    internal bool SubtractCodes(ReadOnlySpan<int> codes, double minimum, double maximum)
    {
        if (_isExact)
        {
            return false;
        }

        for (var i = _buckets.TakeOut(codes); i < codes.Length; i += 1 + _buckets.TakeOut(codes[(i + 1)..]))
        {
            if (!TryTakeOne(codes[i]))
            {
                CountInBuckets(codes[..i]);
                return false;
            }
        }

        _buckets.ReleaseFloor();
        Shrink(codes.Length, minimum, maximum);
        return true;
    }

    private void CountInBuckets(ReadOnlySpan<int> codes)
    {
        for (var i = _buckets.Add(codes); i < codes.Length; i += 1 + _buckets.Add(codes[(i + 1)..]))
        {
            var code = codes[i];
            if (code == 0)
            {
                _zeros++;
            }
            else
            {
                _buckets.Add(Math.Abs(code) - 1, code < 0, 1);
            }
        }
    }

    private bool TryTakeOne(int code)
    {
        if (code != 0)
        {
            return _buckets.TryTakeOne(Math.Abs(code) - 1, code < 0);
        }

        if (_zeros == 0)
        {
            return false;
        }

        _zeros--;
        return true;
    }
}
