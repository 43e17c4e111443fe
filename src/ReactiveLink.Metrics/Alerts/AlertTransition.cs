namespace ReactiveLink.Metrics;

/// <summary>A change of an alert's state. Alerts tell of changes only: two transitions in a row never lead to the same state.</summary>
/// <param name="Rule">The name of the rule (<see cref="AlertOptions.Rule"/>).</param>
/// <param name="Key">Whose alert it is, for a keyed rule; otherwise <see cref="AlertOptions.Key"/>.</param>
/// <param name="From">The state before.</param>
/// <param name="To">The state from now on; after <see cref="AlertState.Resolved"/> it is <see cref="AlertState.Inactive"/>.</param>
/// <param name="Value">The value of the last item that was judged, as the rule sees it; NaN where there is none.</param>
/// <param name="Since">When the condition became true. For <see cref="AlertReason.Silence"/> and <see cref="AlertReason.Forgotten"/>, when the last item
/// came; for a return to <see cref="AlertState.Inactive"/> from <see cref="AlertState.NoData"/>, the same as <paramref name="At"/>.</param>
/// <param name="At">When the state changed, by the scheduler's clock: for a change by time, when it was due, even if the timer came late.</param>
/// <param name="Reason">Why.</param>
public sealed record AlertTransition(
    string Rule,
    object? Key,
    AlertState From,
    AlertState To,
    double Value,
    DateTimeOffset Since,
    DateTimeOffset At,
    AlertReason Reason);
