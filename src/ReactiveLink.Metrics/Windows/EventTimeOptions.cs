namespace ReactiveLink.Metrics;

/// <summary>How far items may be out of order by their own timestamps. Immutable; <see cref="Default"/> holds the defaults.</summary>
public sealed record EventTimeOptions
{
    /// <summary>The defaults.</summary>
    public static EventTimeOptions Default { get; } = new();

    /// <summary>How far the watermark stays behind the newest timestamp: a window is told when the watermark reaches its end. Not negative; 1 second by default.</summary>
    public TimeSpan Disorder { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long after that a window still takes items, each of which revises its result. Not negative; 0 by default.</summary>
    public TimeSpan AllowedLateness { get; init; }

    /// <summary>
    /// How far ahead of the scheduler's clock a timestamp may be; items further ahead are left out as <see cref="WindowDropReason.Future"/>, because one forged timestamp
    /// would make all others late. Not negative, or null to believe any (a replay by a clock of its own). 1 minute by default.
    /// </summary>
    public TimeSpan? MaximumAhead { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>After how long without items the watermark goes on with the scheduler's clock, so that the last windows are told; more than 0, or null for never. 10 seconds by default.</summary>
    public TimeSpan? IdleTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many panes with values are kept at once; items for further ones are left out as <see cref="WindowDropReason.PaneLimit"/>. At least 1; 65,536 by default.</summary>
    public int MaximumPanes { get; init; } = 65_536;

    /// <summary>
    /// How many windows within the allowed lateness are remembered as revised; a late item does not revise further ones, and their results are left out as
    /// <see cref="WindowDropReason.RevisionLimit"/>, though the item is in them. At least 1; 65,536 by default.
    /// </summary>
    public int MaximumRevised { get; init; } = 65_536;

    internal EventTimeOptions Validate(string parameter)
    {
        var errors = new List<string>();
        Check(Disorder >= TimeSpan.Zero, "Disorder must not be negative.");
        Check(AllowedLateness >= TimeSpan.Zero, "AllowedLateness must not be negative.");
        Check(!(MaximumAhead < TimeSpan.Zero), "MaximumAhead must not be negative.");
        Check(!(IdleTimeout <= TimeSpan.Zero), "IdleTimeout must be more than 0.");
        Check(MaximumPanes >= 1, "MaximumPanes must be at least 1.");
        Check(MaximumRevised >= 1, "MaximumRevised must be at least 1.");
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
