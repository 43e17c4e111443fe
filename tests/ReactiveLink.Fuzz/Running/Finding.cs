namespace ReactiveLink.Fuzz;

/// <summary>An input that a target must not do this to.</summary>
/// <param name="Index">Its number in the run; -1 where it was given.</param>
/// <param name="Input">The input.</param>
/// <param name="Error">What happened.</param>
internal sealed record Finding(long Index, byte[] Input, string Error);
