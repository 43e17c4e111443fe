namespace ReactiveLink.Testing;

/// <summary>A distribution of times. Immutable; samples come from the generator that is given, so it may serve any number of paths.</summary>
/// <remarks>
/// Normal, exponential and Pareto use the platform's logarithm and power, whose last bit may differ between platforms; constant and uniform are the same
/// everywhere.
/// </remarks>
public sealed class Distribution
{
    internal static readonly TimeSpan Longest = TimeSpan.FromDays(1000);

    private readonly Func<SeededRandom, TimeSpan> _sample;
    private readonly string _text;

    private Distribution(Func<SeededRandom, TimeSpan> sample, string text)
    {
        _sample = sample;
        _text = text;
    }

    /// <summary>Always the same time.</summary>
    /// <param name="value">Zero or more.</param>
    /// <returns>A distribution.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is negative.</exception>
    public static Distribution Constant(TimeSpan value)
    {
        NotNegative(value, nameof(value));
        return new Distribution(_ => value, $"constant {value}");
    }

    /// <summary>Every tick from one time to another, both included, as likely.</summary>
    /// <param name="from">Zero or more.</param>
    /// <param name="to">At least <paramref name="from"/>.</param>
    /// <returns>A distribution.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="from"/> is negative, or <paramref name="to"/> less than it.</exception>
    public static Distribution Uniform(TimeSpan from, TimeSpan to)
    {
        NotNegative(from, nameof(from));
        ArgumentOutOfRangeException.ThrowIfLessThan(to, from);
        var width = (UInt128)(ulong)(to - from).Ticks + 1;
        return new Distribution(random => new TimeSpan(from.Ticks + (long)((random.NextUInt64() * width) >> 64)), $"uniform {from} to {to}");
    }

    /// <summary>The normal distribution; what falls below zero is zero.</summary>
    /// <param name="mean">Zero or more.</param>
    /// <param name="deviation">The standard deviation, zero or more.</param>
    /// <returns>A distribution.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is negative.</exception>
    public static Distribution Normal(TimeSpan mean, TimeSpan deviation)
    {
        NotNegative(mean, nameof(mean));
        NotNegative(deviation, nameof(deviation));
        return new Distribution(random => Ticks(mean.Ticks + (deviation.Ticks * random.NextNormal())), $"normal {mean} ± {deviation}");
    }

    /// <summary>The exponential distribution.</summary>
    /// <param name="mean">Zero or more.</param>
    /// <returns>A distribution.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="mean"/> is negative.</exception>
    public static Distribution Exponential(TimeSpan mean)
    {
        NotNegative(mean, nameof(mean));
        return new Distribution(random => Ticks(-mean.Ticks * Math.Log(1 - random.NextDouble())), $"exponential {mean}");
    }

    /// <summary>The Pareto distribution: mostly little, now and then very much.</summary>
    /// <param name="scale">The least time; more than zero.</param>
    /// <param name="shape">More than 0; the smaller, the longer the tail. The mean is finite above 1, the deviation above 2.</param>
    /// <param name="cap">What is longer counts as this; at least <paramref name="scale"/>.</param>
    /// <returns>A distribution.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static Distribution Pareto(TimeSpan scale, double shape, TimeSpan cap)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(scale, TimeSpan.Zero);
        if (!(shape > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(shape), shape, "The shape must be more than 0.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(cap, scale);
        return new Distribution(
            random =>
            {
                var value = scale.Ticks / Math.Pow(1 - random.NextDouble(), 1 / shape);
                return value < cap.Ticks ? Ticks(value) : cap;
            },
            FormattableString.Invariant($"Pareto {scale}, {shape}, up to {cap}"));
    }

    /// <summary>A distribution of the user's own. Called under no lock; what it throws goes to whoever sent the item. A negative time counts as zero.</summary>
    /// <param name="sample">Makes a time of the generator, and of nothing else if runs are to be repeatable.</param>
    /// <returns>A distribution.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="sample"/> is null.</exception>
    public static Distribution From(Func<SeededRandom, TimeSpan> sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        return new Distribution(sample, "function");
    }

    /// <summary>One time.</summary>
    /// <param name="random">The generator.</param>
    /// <returns>Zero to 1000 days; what is beyond is held there.</returns>
    public TimeSpan Sample(SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var value = _sample(random);
        return value < TimeSpan.Zero ? TimeSpan.Zero : value > Longest ? Longest : value;
    }

    /// <inheritdoc/>
    public override string ToString() => _text;

    private static TimeSpan Ticks(double ticks) => new((long)Math.Clamp(ticks, 0, Longest.Ticks));

    private static void NotNegative(TimeSpan value, string name)
    {
        if (value < TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(name, value, "The time must not be negative.");
        }
    }
}
