namespace ReactiveLink.Simulation.Probes;

/// <summary>What handlers and subscribers of the simulation throw on purpose.</summary>
internal sealed class DeliberateException() : Exception("On purpose.");
