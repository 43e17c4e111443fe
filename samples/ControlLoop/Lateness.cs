namespace ControlLoop;

/// <summary>Whether the command in force answers a measurement within the deadline, and why not. All of it is measured by the plant and the controller.</summary>
internal enum Lateness
{
    /// <summary>It does.</summary>
    None,

    /// <summary>The plant's own step took longer than the deadline: the machine was busy with something else. Not in virtual time.</summary>
    Stalled,

    /// <summary>Commands arrive, and answer measurements that are older than the deadline: they are not applied.</summary>
    TooOld,

    /// <summary>No command arrives in time, and most of what a link was given since is not lost but still on its way.</summary>
    OnItsWay,

    /// <summary>No command arrives, and the controller hears nothing either: the telemetry is lost.</summary>
    NoTelemetry,

    /// <summary>No command arrives, although the controller answers: the commands are lost.</summary>
    NoCommands,
}
