using ReactiveLink.Concurrency.Control;

namespace ReactiveLink.Concurrency.Exploring;

/// <summary>A part that threads share.</summary>
/// <param name="Name">As given to <c>--part</c>.</param>
/// <param name="Create">Draws a program over it; a small one is searched whole.</param>
internal sealed record Part(string Name, Func<Controller, Random, bool, Scenario> Create);
