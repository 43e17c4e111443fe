namespace ReactiveLink.Metrics;

/// <summary>What windows keep, and their bounds. Immutable; <see cref="Default"/> holds the defaults.</summary>
public sealed record WindowOptions
{
    /// <summary>The defaults.</summary>
    public static WindowOptions Default { get; } = new();

    /// <summary>Which figures are kept. All by default.</summary>
    public Aggregates Aggregates { get; init; } = Aggregates.All;

    /// <summary>Which percentiles are kept. P50, P90, P95 and P99 by default.</summary>
    public PercentileMode Percentiles { get; init; } = PercentileMode.Standard;

    /// <summary>The relative accuracy of percentiles, 0.0001 to 0.5. 0.01 by default.</summary>
    public double RelativeAccuracy { get; init; } = 0.01;

    /// <summary>The most bytes of one sketch; there is one per pane that has values, and one per window. At least 1024; 8192 by default.</summary>
    public int MaximumSketchBytes { get; init; } = 8192;

    /// <summary>Whether windows without values are told of. True by default: silence is information, too. A window with refused values alone is told of either way.</summary>
    public bool EmitEmpty { get; init; } = true;

    /// <summary>Whether windows end at whole multiples of their interval after the subscription, rather than after the Unix epoch. False by default.</summary>
    public bool AlignToSubscription { get; init; }

    /// <summary>
    /// How many windows without values are told one by one when the clock has run ahead (a slow observer, a machine that slept). Those beyond are left
    /// out, oldest first, as <see cref="WindowDropReason.EmptyWindowsSkipped"/>; windows with values never are. At least 0; 10,000 by default.
    /// </summary>
    public int MaximumCatchUp { get; init; } = 10_000;

    /// <summary>How many values wait while the observer is busy on the timer's thread; further ones are dropped as <see cref="WindowDropReason.QueueFull"/>. At least 1; 65,536 by default.</summary>
    public int MaximumQueued { get; init; } = 65_536;

    /// <summary>The most values that a buffered form holds; further ones are dropped as <see cref="WindowDropReason.BufferFull"/>. At least 1; 65,536 by default.</summary>
    public int MaximumItems { get; init; } = 65_536;

    /// <summary>
    /// Who hears of what is left out, or null for nobody. Never completed. If it throws it is not told again. Each subscription tells one drop at a time; subscriptions that
    /// share an observer may tell it at once, from several threads.
    /// </summary>
    public IObserver<WindowDrop>? Drops { get; init; }

    internal WindowOptions Validate(string parameter)
    {
        var errors = new List<string>();
        Check((Aggregates | Aggregates.All) == Aggregates.All, "Aggregates must be a combination of Sum, Extremes and Deviation.");
        Check(Percentiles is PercentileMode.None or PercentileMode.Standard or PercentileMode.OnDemand, "Percentiles must be None, Standard or OnDemand.");
        Check(RelativeAccuracy is >= 0.0001 and <= 0.5, "RelativeAccuracy must be from 0.0001 to 0.5.");
        Check(MaximumSketchBytes >= QuantileSketch.SmallestMaximumBytes, "MaximumSketchBytes must be at least 1024.");
        Check(MaximumCatchUp >= 0, "MaximumCatchUp must not be negative.");
        Check(MaximumQueued >= 1, "MaximumQueued must be at least 1.");
        Check(MaximumItems >= 1, "MaximumItems must be at least 1.");
        return errors.Count == 0 ? this : throw new ArgumentException("Not valid: " + string.Join(' ', errors), parameter);

        void Check(bool holds, string error)
        {
            if (!holds)
            {
                errors.Add(error);
            }
        }
    }
}
