namespace Dashboard.Feed;

/// <summary>An alert as the page shows it: one that is active, or a change that was.</summary>
/// <param name="Number">Counts the changes of all alerts.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Key">Whose alert, or empty for the link's.</param>
/// <param name="State">The state that it came to.</param>
/// <param name="Value">The value behind it, or null.</param>
/// <param name="Unit">The value's unit.</param>
/// <param name="At">When: milliseconds since 1970.</param>
internal sealed record AlertRow(long Number, string Rule, string Key, string State, double? Value, string Unit, long At);
