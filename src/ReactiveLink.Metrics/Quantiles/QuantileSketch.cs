using ReactiveLink.Metrics.Quantiles;

namespace ReactiveLink.Metrics;

/// <summary>A mergeable quantile sketch with a guaranteed relative error, in bounded memory.</summary>
/// <remarks>
/// <para>
/// DDSketch: Masson, Rim, Lee, "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees", PVLDB
/// 12(12), 2019. Values are counted in buckets whose width is proportional to their magnitude, so a quantile is within
/// <see cref="RelativeAccuracy"/> of the value that has its rank, whatever the distribution. The first 64 values are kept as they
/// are, and quantiles of them are exact; the 65th turns them into buckets.
/// </para>
/// <para>
/// <b>What a quantile is</b>, in both forms: the value of rank ⌈q·n⌉ (at least 1) of the n values in ascending order; the smallest value
/// that at least the fraction q of them does not exceed. It is never interpolated. q·n is taken as the whole number that it differs
/// from by rounding only, so the quantile 0.07 of 100 values is the seventh.
/// </para>
/// <para>
/// <b>Collapsing.</b> The buckets fit in <see cref="MaximumBytes"/>. At the default 1 % and 8192 bytes they span eight decades (1 µs to
/// 100 s), shared by both signs. When values span more, the buckets of the lowest magnitudes are counted as one
/// (<see cref="IsCollapsed"/>): magnitudes under <see cref="CollapsedBelow"/> are then reported as about that, with their sign, and the bound
/// holds for all others. Of positive values the high quantiles so keep their bound. Which buckets collapse depends on the values
/// alone, not on the order in which they were added or merged.
/// </para>
/// <list type="table">
/// <listheader><term>Input</term><description>Effect</description></listheader>
/// <item><term>finite value</term><description>counted; quantiles within α while not collapsed.</description></item>
/// <item><term>zero, negative zero, magnitude under 2.3e-308 (subnormal)</term><description>counted as zero.</description></item>
/// <item><term>NaN, an infinity</term><description>not counted; <see cref="Refused"/> grows. It never throws.</description></item>
/// <item><term>merge of a sketch</term><description>the same buckets as if its values had been added.</description></item>
/// <item><term>subtraction of what was merged or added</term><description>the same buckets as if it had not been, if nothing was collapsed.</description></item>
/// </list>
/// <para>
/// Not thread-safe: one thread at a time, reads included. Nothing is allocated once the arrays have reached the size that the
/// values ask for; <see cref="Clear"/> keeps them.
/// </para>
/// </remarks>
public sealed partial class QuantileSketch
{
    /// <summary>The default relative accuracy: 1 %.</summary>
    public const double DefaultRelativeAccuracy = 0.01;

    /// <summary>The default bound on memory: 8192 bytes.</summary>
    public const int DefaultMaximumBytes = 8192;

    /// <summary>The smallest bound on memory that is accepted: 1024 bytes.</summary>
    public const int SmallestMaximumBytes = 1024;

    // The object with its fields, and the headers of its two arrays, on a 64-bit runtime.
    private const int ObjectBytes = 160;
    private const int ArrayHeaderBytes = 24;
    private const long ExponentMask = 0x7FF0_0000_0000_0000;

    private readonly IndexMapping _mapping;
    private ExactValues _exact = new();
    private BucketStore _buckets;
    private bool _isExact = true;
    private long _count;
    private long _zeros;

    // No value lies outside them. Where estimated, the extreme value itself may be gone, and the outermost bucket tells which is left.
    private double _minimum = double.PositiveInfinity;
    private double _maximum = double.NegativeInfinity;
    private bool _minimumEstimated;
    private bool _maximumEstimated;

    /// <summary>Creates an empty sketch.</summary>
    /// <param name="relativeAccuracy">The bound α on the relative error, 0.0001 to 0.5; 0.01 by default.</param>
    /// <param name="maximumBytes">The bound on memory, at least 1024; 8192 by default. It bounds <see cref="SizeInBytes"/>; memory is taken as values ask for it.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public QuantileSketch(double relativeAccuracy = DefaultRelativeAccuracy, int maximumBytes = DefaultMaximumBytes)
    {
        if (!(relativeAccuracy is >= 0.0001 and <= 0.5))
        {
            throw new ArgumentOutOfRangeException(
                nameof(relativeAccuracy), relativeAccuracy, "The relative accuracy is from 0.0001 (0.01 %) to 0.5 (50 %).");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(maximumBytes, SmallestMaximumBytes);
        RelativeAccuracy = relativeAccuracy;
        MaximumBytes = maximumBytes;
        _mapping = new IndexMapping(relativeAccuracy);
        const int Fixed = ObjectBytes + ArrayHeaderBytes + (ExactValues.Capacity * sizeof(double)) + ArrayHeaderBytes;
        _buckets = new BucketStore((maximumBytes - Fixed) / sizeof(long));
    }

    /// <summary>The bound α on the relative error of a quantile.</summary>
    public double RelativeAccuracy { get; }

    /// <summary>The bound on memory, in bytes.</summary>
    public int MaximumBytes { get; }

    /// <summary>How many values it holds.</summary>
    public long Count => _count;

    /// <summary>How many values were refused: NaN and infinities.</summary>
    public long Refused { get; private set; }

    /// <summary>
    /// The lowest value, exact; NaN when empty. After a <see cref="Subtract"/> that may have taken the lowest value out of
    /// a sketch with buckets, the lowest bucket's value: within α of the true one.
    /// </summary>
    public double Min => _count == 0 ? double.NaN : _minimumEstimated ? Math.Clamp(LowestBucketValue(), _minimum, _maximum) : _minimum;

    /// <summary>The highest value; otherwise as <see cref="Min"/>.</summary>
    public double Max => _count == 0 ? double.NaN : _maximumEstimated ? Math.Clamp(HighestBucketValue(), _minimum, _maximum) : _maximum;

    /// <summary>The memory that the sketch takes, in bytes: at most <see cref="MaximumBytes"/>.</summary>
    public int SizeInBytes =>
        ObjectBytes + (2 * ArrayHeaderBytes) + (_exact.Allocated * sizeof(double)) + (_buckets.Allocated * sizeof(long));

    /// <summary>Whether the values themselves are held, so that quantiles are exact.</summary>
    public bool IsExact => _isExact;

    /// <summary>Whether buckets of low magnitude were counted as one to stay in <see cref="MaximumBytes"/>.</summary>
    public bool IsCollapsed => _buckets.IsCollapsed;

    /// <summary>The magnitude from which the bound holds: zero while nothing is collapsed.</summary>
    public double CollapsedBelow => _buckets.IsCollapsed ? _mapping.LowerEdgeOf(_buckets.Floor) : 0;

    /// <summary>Counts a value. A NaN or an infinity is refused and counted in <see cref="Refused"/>.</summary>
    /// <param name="value">The value.</param>
    public void Add(double value)
    {
        if (_isExact || !double.IsFinite(value))
        {
            AddSlowly(value, 1);
        }
        else
        {
            AddToBuckets(value, 1);
        }
    }

    /// <summary>Counts a value several times. A NaN or an infinity is refused, as often.</summary>
    /// <param name="value">The value.</param>
    /// <param name="count">How often; zero does nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    /// <exception cref="OverflowException">The sketch would hold more than 2^63 − 1 values.</exception>
    public void Add(double value, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count > 0)
        {
            _ = checked(_count + Refused + count);
            AddSlowly(value, count);
        }
    }

    /// <summary>Forgets everything, refusals included, and keeps the arrays.</summary>
    public void Clear()
    {
        Reset();
        Refused = 0;
    }

    private void AddSlowly(double value, long count)
    {
        if (!double.IsFinite(value))
        {
            Refused += count;
            return;
        }

        if (_isExact)
        {
            if (count <= ExactValues.Capacity - _exact.Length)
            {
                AddExactly(value, (int)count);
                return;
            }

            TurnToBuckets();
        }

        AddToBuckets(value, count);
    }

    private void AddExactly(double value, int count)
    {
        value = double.IsNormal(value) ? value : 0;
        Take(value, count);
        _exact.Add(value, count);
    }

    private void AddToBuckets(double value, long count)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        if ((bits & ExponentMask) != 0)
        {
            Take(value, count);
            _buckets.Add(_mapping.IndexOf(bits), bits < 0, count);
        }
        else
        {
            Take(0, count);
            _zeros += count;
        }
    }

    private void Take(double value, long count)
    {
        _count += count;
        if (value < _minimum)
        {
            (_minimum, _minimumEstimated) = (value, false);
        }

        if (value > _maximum)
        {
            (_maximum, _maximumEstimated) = (value, false);
        }
    }

    // For values that were taken in before, so that they are normal or zero.
    private void CountInBucket(double value, long count)
    {
        if (value == 0)
        {
            _zeros += count;
        }
        else
        {
            _buckets.Add(_mapping.IndexOf(BitConverter.DoubleToInt64Bits(value)), value < 0, count);
        }
    }

    private void TurnToBuckets()
    {
        _isExact = false;
        foreach (var value in _exact.Values)
        {
            CountInBucket(value, 1);
        }

        _exact.Clear();
    }

    private void Reset()
    {
        _exact.Clear();
        if (!_isExact)
        {
            _buckets.Clear();
            _isExact = true;
        }

        _count = 0;
        _zeros = 0;
        _minimum = double.PositiveInfinity;
        _maximum = double.NegativeInfinity;
        _minimumEstimated = false;
        _maximumEstimated = false;
    }
}
