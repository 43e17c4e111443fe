namespace ReactiveLink.Testing;

/// <summary>
/// The harm that a network does to items on their way. Immutable; the defaults do none. Probabilities are from 0 to 1, times zero or more.
/// Each kind of harm draws from a random stream of its own, one number for each item: switching one on or off does not change what the others do.
/// </summary>
public record Impairment
{
    /// <summary>How long every item is on its way. Default 0.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>What is added to the latency, drawn for each item. Default null: nothing. Items with less overtake items with more, unless <see cref="KeepOrder"/> is set.</summary>
    public Distribution? Jitter { get; init; }

    /// <summary>Whether jitter may not reorder: an item is held until the one before it has arrived. Default false. Items held back by <see cref="Reordering"/> are overtaken all the same.</summary>
    public bool KeepOrder { get; init; }

    /// <summary>Which items are lost. Default null: none.</summary>
    public LossModel? Loss { get; init; }

    /// <summary>The probability that an item comes twice. Default 0. The copy has a jitter of its own.</summary>
    public double Duplication { get; init; }

    /// <summary>The probability that an item is held back by <see cref="ReorderingDelay"/>, so that later ones overtake it. Default 0.</summary>
    public double Reordering { get; init; }

    /// <summary>How long such an item is held back, on top of latency and jitter. Default 0.</summary>
    public TimeSpan ReorderingDelay { get; init; }

    /// <summary>The probability that an item is corrupted. Default 0.</summary>
    public double Corruption { get; init; }

    internal void Validate(string parameterName)
    {
        List<string> errors = [];
        AddErrors(errors);
        if (errors.Count > 0)
        {
            throw new ArgumentException("The conditions are not valid: " + string.Join(' ', errors), parameterName);
        }
    }

    private protected virtual void AddErrors(List<string> errors)
    {
        Time(errors, nameof(Latency), Latency);
        Probability(errors, nameof(Duplication), Duplication);
        Probability(errors, nameof(Reordering), Reordering);
        Time(errors, nameof(ReorderingDelay), ReorderingDelay);
        Probability(errors, nameof(Corruption), Corruption);
    }

    private protected static void Probability(List<string> errors, string name, double value)
    {
        if (value is not (>= 0 and <= 1))
        {
            errors.Add(FormattableString.Invariant($"{name} is {value}: a probability is from 0 to 1."));
        }
    }

    private static void Time(List<string> errors, string name, TimeSpan value)
    {
        if (value < TimeSpan.Zero || value > Distribution.Longest)
        {
            errors.Add($"{name} is {value}: use zero to 1000 days.");
        }
    }
}
