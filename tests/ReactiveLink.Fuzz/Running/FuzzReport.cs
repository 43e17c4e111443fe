namespace ReactiveLink.Fuzz;

/// <summary>What a run did.</summary>
/// <param name="Finding">The first finding, or null.</param>
/// <param name="Inputs">Inputs checked.</param>
/// <param name="Accepted">Those that the parser took.</param>
/// <param name="Bytes">The bytes of all inputs.</param>
/// <param name="Slowest">The longest that one input took, the least of its trials.</param>
/// <param name="Elapsed">The time of the run.</param>
internal sealed record FuzzReport(Finding? Finding, long Inputs, long Accepted, long Bytes, TimeSpan Slowest, TimeSpan Elapsed);
