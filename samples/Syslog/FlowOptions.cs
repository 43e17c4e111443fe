namespace Syslog;

/// <summary>When the alert fires, and how long the windows are.</summary>
internal sealed record FlowOptions
{
    /// <summary>The length of a window.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often windows are told.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>More errors in a second than this, over a window, are a burst.</summary>
    public double ErrorsPerSecond { get; init; } = 5;

    /// <summary>How long a burst lasts before the alert fires, and how long it is over before the alert is resolved.</summary>
    public TimeSpan HoldFor { get; init; } = TimeSpan.FromSeconds(2);
}
