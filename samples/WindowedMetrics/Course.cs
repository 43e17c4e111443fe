namespace WindowedMetrics;

/// <summary>What the vehicles do: rover-2 leans too far for a while, and rover-3 falls silent for a while.</summary>
internal static class Course
{
    public const double Seconds = 8;
    public const int Rate = 50;

    public static readonly string[] Vehicles = ["rover-1", "rover-2", "rover-3"];

    /// <summary>The roll in degrees at a time, or null for silence.</summary>
    public static double? RollAt(string vehicle, double seconds) => (vehicle, seconds) switch
    {
        ("rover-2", >= 2 and < 4.5) => 40,
        ("rover-3", >= 3 and < 6) => null,
        _ => Math.Round(5 * Math.Sin(seconds * 3), 3),
    };
}
