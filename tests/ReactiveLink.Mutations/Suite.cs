namespace ReactiveLink.Mutations;

/// <summary>Tests that run together, or a program that tests.</summary>
/// <param name="Project">The folder of the project, from the repository's root.</param>
/// <param name="Filter">Which of its tests, as <c>dotnet test --filter</c> has it.</param>
/// <param name="Run">Instead, of a program: its arguments; it exits with 1 if it found something.</param>
internal sealed record Suite(string Project, string? Filter = null, string? Run = null);
