using System.Numerics;

namespace ReactiveLink.Metrics.Quantiles;

/// <summary>Arithmetic on runs of bucket counts of equal length, a vector at a time.</summary>
internal static class CountSpans
{
    public static void Add(Span<long> target, ReadOnlySpan<long> source)
    {
        var i = 0;
        for (; i <= target.Length - Vector<long>.Count; i += Vector<long>.Count)
        {
            (new Vector<long>(target[i..]) + new Vector<long>(source[i..])).CopyTo(target[i..]);
        }

        for (; i < target.Length; i++)
        {
            target[i] += source[i];
        }
    }

    public static void Subtract(Span<long> target, ReadOnlySpan<long> source)
    {
        var i = 0;
        for (; i <= target.Length - Vector<long>.Count; i += Vector<long>.Count)
        {
            (new Vector<long>(target[i..]) - new Vector<long>(source[i..])).CopyTo(target[i..]);
        }

        for (; i < target.Length; i++)
        {
            target[i] -= source[i];
        }
    }

    public static bool AnyLess(ReadOnlySpan<long> counts, ReadOnlySpan<long> than)
    {
        var i = 0;
        for (; i <= counts.Length - Vector<long>.Count; i += Vector<long>.Count)
        {
            if (Vector.LessThanAny(new Vector<long>(counts[i..]), new Vector<long>(than[i..])))
            {
                return true;
            }
        }

        for (; i < counts.Length; i++)
        {
            if (counts[i] < than[i])
            {
                return true;
            }
        }

        return false;
    }

    public static long Sum(ReadOnlySpan<long> counts)
    {
        var sums = Vector<long>.Zero;
        var i = 0;
        for (; i <= counts.Length - Vector<long>.Count; i += Vector<long>.Count)
        {
            sums += new Vector<long>(counts[i..]);
        }

        var sum = Vector.Sum(sums);
        for (; i < counts.Length; i++)
        {
            sum += counts[i];
        }

        return sum;
    }
}
