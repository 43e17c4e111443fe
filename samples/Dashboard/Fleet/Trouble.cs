using ReactiveLink.Testing;

namespace Dashboard.Fleet;

/// <summary>Something that happens to a vehicle's path.</summary>
/// <param name="From">Seconds into the period.</param>
/// <param name="To">Seconds into the period.</param>
/// <param name="Vehicle">Whose.</param>
/// <param name="Conditions">The conditions meanwhile, or null for a path that is down.</param>
internal sealed record Trouble(double From, double To, string Vehicle, PathConditions? Conditions);
