namespace ReactiveLink;

/// <summary>What kind of <see cref="Verdict"/>.</summary>
public enum VerdictKind
{
    /// <summary>The number that was expected, or a peer's first.</summary>
    InOrder,

    /// <summary>Ahead of the expectation by at least one missing number; the expectation moves past it.</summary>
    Gap,

    /// <summary>A number that was already received, within the reordering window.</summary>
    Duplicate,

    /// <summary>Behind the expectation and not received before, or so far off that it is not yet believed; the expectation stays.</summary>
    Late,

    /// <summary>The second consecutive number of a new run: the sender restarted; the expectation moves there.</summary>
    Restart,
}

/// <summary>What sequencing says of an item.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Lost">For <see cref="VerdictKind.Gap"/> how many numbers are missing before this item; else 0.</param>
public readonly record struct Verdict(VerdictKind Kind, ulong Lost = 0)
{
    /// <summary>The number that was expected.</summary>
    public static Verdict InOrder => default;

    /// <summary>Already received.</summary>
    public static Verdict Duplicate => new(VerdictKind.Duplicate);

    /// <summary>Behind the expectation.</summary>
    public static Verdict Late => new(VerdictKind.Late);

    /// <summary>The sender began anew.</summary>
    public static Verdict Restart => new(VerdictKind.Restart);

    /// <summary>Some numbers are missing.</summary>
    /// <param name="lost">How many, at least 1.</param>
    /// <returns>The verdict.</returns>
    public static Verdict Gap(ulong lost) => new(VerdictKind.Gap, lost);

    /// <summary>The name in output: <c>in-order</c>, <c>gap</c>, <c>duplicate</c>, <c>late</c> or <c>restart</c>.</summary>
    public string Name => Kind switch
    {
        VerdictKind.InOrder => "in-order",
        VerdictKind.Gap => "gap",
        VerdictKind.Duplicate => "duplicate",
        VerdictKind.Late => "late",
        _ => "restart",
    };

    /// <inheritdoc/>
    public override string ToString() =>
        Kind == VerdictKind.Gap ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"gap({Lost})") : Name;
}
