namespace ReactiveLink.Simulation.Scenarios;

/// <summary>What a scenario is made of and can do without: the harm of the network, and what the links do.</summary>
[Flags]
internal enum Parts
{
    None = 0,
    Latency = 1 << 0,
    Jitter = 1 << 1,
    Loss = 1 << 2,
    Duplication = 1 << 3,
    Reordering = 1 << 4,
    Corruption = 1 << 5,
    Truncation = 1 << 6,
    Bandwidth = 1 << 7,
    Mtu = 1 << 8,
    Partitions = 1 << 9,
    Flaps = 1 << 10,
    Crashes = 1 << 11,
    Nat = 1 << 12,
    Drift = 1 << 13,
    ClockSteps = 1 << 14,
    Bounds = 1 << 15,
    Replies = 1 << 16,
    LateStart = 1 << 17,
    Resequencing = 1 << 18,
    Handlers = 1 << 19,
    Windows = 1 << 20,
    Alerts = 1 << 21,
    Numbering = 1 << 22,
    ManyClients = 1 << 23,
    All = (1 << 24) - 1,
}
