namespace ReactiveLink.Metrics;

/// <summary>Why an alert operator did not judge an item.</summary>
public enum AlertRefusalReason
{
    /// <summary>The item's key is new, and <see cref="AlertOptions.MaximumKeys"/> are tracked.</summary>
    TooManyKeys,

    /// <summary>The key selector returned null.</summary>
    NoKey,

    /// <summary>The value selector returned NaN, or an infinity where statistics are made of the values.</summary>
    NotFinite,

    /// <summary>The observer was still at work on another thread, and <see cref="AlertOptions.MaximumQueued"/> items waited for it.</summary>
    QueueFull,
}

/// <summary>Items that an alert operator did not judge.</summary>
/// <param name="Rule">The name of the rule.</param>
/// <param name="Reason">Why.</param>
/// <param name="Key">The item's key, where the operator has keys and knows it.</param>
/// <param name="Count">How many items this tells of.</param>
/// <param name="Total">How many items this subscription has refused so far, for any reason, these included.</param>
/// <param name="At">When, by the scheduler's clock.</param>
public readonly record struct AlertRefusal(string Rule, AlertRefusalReason Reason, object? Key, long Count, long Total, DateTimeOffset At);
