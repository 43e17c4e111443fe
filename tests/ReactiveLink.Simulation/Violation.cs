namespace ReactiveLink.Simulation;

/// <summary>Something that must not be.</summary>
/// <param name="Rule">Which of the rules of the simulation it breaks.</param>
/// <param name="Where">In which link, and in what of it.</param>
/// <param name="What">What is, and what should be.</param>
/// <param name="After">When: the time since the start of the run.</param>
internal sealed record Violation(string Rule, string Where, string What, TimeSpan After)
{
    public override string ToString() => FormattableString.Invariant($"[{Rule}] {Where}, after {After.TotalSeconds:0.0000000} s: {What}");
}
