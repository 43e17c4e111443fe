namespace Dashboard.Fleet;

/// <summary>A vehicle of the simulated fleet.</summary>
/// <param name="Name">Its host, and the source of its messages.</param>
/// <param name="Address">Its address.</param>
/// <param name="Rate">Messages a second.</param>
/// <param name="ClockOffset">How far its clock is ahead of the ground's.</param>
internal sealed record Vehicle(string Name, string Address, int Rate, TimeSpan ClockOffset = default);
