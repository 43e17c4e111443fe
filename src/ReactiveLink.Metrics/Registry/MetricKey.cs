namespace ReactiveLink.Metrics.Registry;

/// <summary>What tells metrics apart.</summary>
internal readonly record struct MetricKey(string Name, MetricTags Tags);

/// <summary>What is known of a metric besides.</summary>
internal readonly record struct MetricDetails(string? Description, string? Unit);
