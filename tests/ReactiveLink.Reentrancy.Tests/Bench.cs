namespace ReactiveLink.Reentrancy.Tests;

/// <summary>Something with callbacks, made anew for each cell of the matrix.</summary>
internal sealed class Bench
{
    /// <summary>Makes every callback be called that there is, and ends everything.</summary>
    public required Action Drive { get; init; }

    /// <summary>The public members to call.</summary>
    public required IReadOnlyDictionary<string, Action> Operations { get; init; }

    /// <summary>Those that feed a source whose grammar the caller owes.</summary>
    public IReadOnlySet<string> Feeding { get; init; } = new HashSet<string>();
}
