namespace ReactiveLink.Mutations;

/// <summary>Tests that run together.</summary>
/// <param name="Project">The folder of the test project, from the repository's root.</param>
/// <param name="Filter">Which of its tests, as <c>dotnet test --filter</c> has it.</param>
internal sealed record Suite(string Project, string Filter);
