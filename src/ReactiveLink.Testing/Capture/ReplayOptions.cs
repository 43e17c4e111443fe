namespace ReactiveLink.Testing;

/// <summary>How fast items are replayed.</summary>
public sealed record ReplayOptions
{
    /// <summary>How many times faster than recorded, more than 0; infinity for no waiting at all. Default 1.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>The longest recorded pause, before the speed is applied; a longer one is shortened to it. Null for no limit. Default null.</summary>
    public TimeSpan? MaximumGap { get; init; }

    internal void Validate(string name)
    {
        var errors = new List<string>();
        if (!(Speed > 0))
        {
            errors.Add(FormattableString.Invariant($"Speed is {Speed}: give more than 0, infinity for no waiting."));
        }

        if (MaximumGap < TimeSpan.Zero)
        {
            errors.Add(FormattableString.Invariant($"MaximumGap is {MaximumGap}: give zero or more, or null for no limit."));
        }

        if (errors.Count != 0)
        {
            throw new ArgumentException(string.Join(' ', errors), name);
        }
    }
}
