namespace ReactiveLink.Metrics;

/// <summary>Why an alert changed its state.</summary>
public enum AlertReason
{
    /// <summary>The condition became true.</summary>
    ConditionMet,

    /// <summary>The condition has held for as long as the rule asks.</summary>
    Held,

    /// <summary>The condition became false, or has been false for as long as the rule asks.</summary>
    ConditionCleared,

    /// <summary>Nothing came for as long as the rule allows.</summary>
    Silence,

    /// <summary>Something came again after a silence.</summary>
    DataReturned,

    /// <summary>Nothing came from the key for so long that its state was given up (<see cref="AlertOptions.KeyIdleExpiry"/>).</summary>
    Forgotten,
}
