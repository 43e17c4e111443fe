namespace ReactiveLink.Testing;

/// <summary>A stream broke Rx's grammar.</summary>
public sealed class SynchronizationException : InvalidOperationException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="violation">How.</param>
    /// <param name="notification">The notification that should not have come: <c>OnNext</c>, <c>OnError</c> or <c>OnCompleted</c>.</param>
    /// <param name="where">The stack of the call.</param>
    public SynchronizationException(SynchronizationViolation violation, string notification, string where)
        : base($"{notification} {Why(violation)}. It came from:\n{where}")
    {
        Violation = violation;
        Notification = notification;
    }

    /// <summary>How.</summary>
    public SynchronizationViolation Violation { get; }

    /// <summary>The notification that should not have come.</summary>
    public string Notification { get; }

    private static string Why(SynchronizationViolation violation) => violation switch
    {
        SynchronizationViolation.Overlap => "came while another thread was handling a notification",
        SynchronizationViolation.Reentrancy => "came while the same thread was handling a notification",
        _ => "came after a terminal notification",
    };
}
