namespace Syslog;

/// <summary>What a run is to be. As it is: the demonstration, on a free port.</summary>
internal sealed record SyslogSettings
{
    /// <summary>Whether it sends to itself, and ends.</summary>
    public bool IsDemo { get; init; } = true;

    /// <summary>Where messages come in.</summary>
    public string Listen { get; init; } = "127.0.0.1:0";

    /// <summary>After how long it ends by itself, if not in the demonstration.</summary>
    public TimeSpan? For { get; init; }

    /// <summary>Whether the messages are printed instead of the rates.</summary>
    public bool Messages { get; init; }

    public FlowOptions Flow { get; init; } = Demo.Options;
}
