using System.Runtime.CompilerServices;

namespace ReactiveLink.Metrics.Registry;

/// <summary>
/// Counts of values by their exponent and the first six bits of their mantissa: 64 equal parts of each octave, as in HdrHistogram. A part is at most
/// 1/64 of its lower bound wide, so its middle is within 0.8 % of every value in it. Finding the part takes a shift, where a logarithm
/// would cost more than all the rest of a recording. Octaves come into being with their first value.
/// </summary>
internal sealed class LogLinearCounts
{
    /// <summary>The error of a quantile, relative to the true value.</summary>
    public const double RelativeError = 1.0 / 128;

    private const int MantissaBits = 6;
    private const int Parts = 1 << MantissaBits;
    private const int Shift = 52 - MantissaBits;

    /// <summary>The octaves from 2^-64 to 2^64, of both signs; smaller ones count as zero, larger ones with the last part.</summary>
    private const int Octaves = 128;
    private const int LowestExponent = 1023 - 64;

    private readonly long[]?[] _positive = new long[Octaves][];
    private long[]?[]? _negative;
    private long _zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(double value)
    {
        var part = (int)((BitConverter.DoubleToInt64Bits(value) >> Shift) - ((long)LowestExponent << MantissaBits));
        if ((uint)part < Octaves * Parts && _positive[part >> MantissaBits] is { } octave)
        {
            octave[part & (Parts - 1)]++;
            return;
        }

        AddSlowly(value);
    }

    public void AddTo(LogLinearCounts other)
    {
        other._zero += _zero;
        Merge(_positive, other._positive);
        if (_negative is not null)
        {
            Merge(_negative, other._negative ??= new long[Octaves][]);
        }
    }

    public void Clear()
    {
        _zero = 0;
        Array.Clear(_positive);
        _negative = null;
    }

    /// <summary>Every part that has values, from the smallest: its middle and its count.</summary>
    public IEnumerable<(double Value, long Count)> InOrder()
    {
        for (var i = (Octaves * Parts) - 1; _negative is not null && i >= 0; i--)
        {
            if (_negative[i >> MantissaBits] is { } octave && octave[i & (Parts - 1)] is > 0 and var count)
            {
                yield return (-Middle(i), count);
            }
        }

        if (_zero > 0)
        {
            yield return (0, _zero);
        }

        for (var i = 0; i < Octaves * Parts; i++)
        {
            if (_positive[i >> MantissaBits] is { } octave && octave[i & (Parts - 1)] is > 0 and var count)
            {
                yield return (Middle(i), count);
            }
        }
    }

    private static double Middle(int part)
    {
        var low = BitConverter.Int64BitsToDouble((part + ((long)LowestExponent << MantissaBits)) << Shift);
        var octave = BitConverter.Int64BitsToDouble(((long)(part >> MantissaBits) + LowestExponent) << 52);
        return low + (octave / (2 * Parts));
    }

    private static void Merge(long[]?[] from, long[]?[] to)
    {
        for (var i = 0; i < Octaves; i++)
        {
            if (from[i] is { } source)
            {
                var target = to[i] ??= new long[Parts];
                for (var part = 0; part < Parts; part++)
                {
                    target[part] += source[part];
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddSlowly(double value)
    {
        var part = (BitConverter.DoubleToInt64Bits(Math.Abs(value)) >> Shift) - ((long)LowestExponent << MantissaBits);
        if (part < 0)
        {
            _zero++;
            return;
        }

        var index = (int)Math.Min(part, (Octaves * Parts) - 1);
        var octaves = value > 0 ? _positive : _negative ??= new long[Octaves][];
        (octaves[index >> MantissaBits] ??= new long[Parts])[index & (Parts - 1)]++;
    }
}
