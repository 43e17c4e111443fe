using ReactiveLink.Testing;

namespace Dashboard.Fleet;

/// <summary>What happens to the fleet, over and over: each vehicle has its trouble in turn, so that every alert fires and clears once in a period.</summary>
internal static class Course
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(45);

    public static readonly IReadOnlyList<Vehicle> Vehicles =
    [
        new("rover-1", "10.0.1.1", 50),
        new("rover-2", "10.0.1.2", 50),
        new("rover-3", "10.0.1.3", 25, TimeSpan.FromMilliseconds(8)),
        new("drone-1", "10.0.2.1", 100),
        new("drone-2", "10.0.2.2", 40),
        new("buoy-7", "10.0.3.7", 5),
    ];

    /// <summary>A radio on a good day: some latency with jitter, a lost datagram now and then.</summary>
    public static PathConditions Fair { get; } = new()
    {
        Latency = TimeSpan.FromMilliseconds(12),
        Jitter = Distribution.Exponential(TimeSpan.FromMilliseconds(3)),
        Loss = LossModel.Random(0.002),
        Duplication = 0.001,
    };

    /// <summary>The troubles: when in the period, whose, and what.</summary>
    public static IReadOnlyList<Trouble> Troubles { get; } =
    [
        // Losses in bursts: a quarter of the datagrams, four in a row on average.
        new(4, 11, "rover-2", Fair with { Loss = LossModel.Burst(enter: 0.08, leave: 0.25) }),

        // A weak signal: bits flip, and the CRC tells.
        new(13, 18, "rover-1", Fair with { Corruption = 0.06 }),

        // Out of range: nothing comes at all.
        new(19, 26, "drone-1", null),

        // A congested relay: datagrams wait, and overtake each other.
        new(29, 36, "drone-2", Fair with { Latency = TimeSpan.FromMilliseconds(140), Jitter = Distribution.Exponential(TimeSpan.FromMilliseconds(60)) }),
    ];

    /// <summary>The telemetry of a vehicle at a time since the start.</summary>
    public static Telemetry At(Vehicle vehicle, double seconds)
    {
        var phase = vehicle.Name.Sum(character => character);
        return new Telemetry(
            Math.Round(8 + (6 * Math.Sin((seconds / 7) + phase)), 2),
            Math.Round(((seconds * 4) + phase) % 360, 1),
            Math.Round(100 - (seconds / 60 % 80), 2));
    }
}
