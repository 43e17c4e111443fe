namespace ReactiveLink.Metrics;

/// <summary>Where an alert stands.</summary>
public enum AlertState
{
    /// <summary>The condition is false. Every alert starts here.</summary>
    Inactive,

    /// <summary>The condition is true, but has not held long enough yet.</summary>
    Pending,

    /// <summary>The condition has held; or it held, and has not been false for long enough since.</summary>
    Firing,

    /// <summary>Nothing came for as long as the rule allows: nobody knows whether the condition is true. Not a recovery.</summary>
    NoData,

    /// <summary>
    /// The alert fired, and the condition has since been false for long enough. It is an edge, only ever seen as <see cref="AlertTransition.To"/>: the alert
    /// is inactive from then on, and its next transition starts from <see cref="Inactive"/>.
    /// </summary>
    Resolved,
}
