namespace ReactiveLink.Mutations;

/// <summary>A fault to put into the source.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Suite">The suite that must notice it.</param>
/// <param name="File">The file, from the repository's root.</param>
/// <param name="Old">The right text, which occurs once.</param>
/// <param name="New">The wrong one.</param>
internal sealed record Mutation(string Name, string Suite, string File, string Old, string New);
