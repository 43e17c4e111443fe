namespace Dashboard.Server;

/// <summary>What <c>/health</c> tells.</summary>
/// <param name="Status"><c>healthy</c>; <c>degraded</c> while alerts are active; <c>unhealthy</c> while the link is not connected, and then the answer is 503.</param>
/// <param name="State">The link's state.</param>
/// <param name="ActiveAlerts">How many alerts are active.</param>
/// <param name="LastActivity">When a datagram was last received or sent, or null.</param>
internal sealed record HealthReport(string Status, string State, int ActiveAlerts, DateTimeOffset? LastActivity);
