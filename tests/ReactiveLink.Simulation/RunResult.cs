namespace ReactiveLink.Simulation;

/// <summary>What came of a run.</summary>
/// <param name="Digest">A hash of all that came out, with its times.</param>
/// <param name="Violations">What must not be.</param>
/// <param name="Counts">How much happened.</param>
internal sealed record RunResult(ulong Digest, IReadOnlyList<Violation> Violations, RunCounts Counts);
