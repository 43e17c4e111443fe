namespace ReactiveLink.Metrics;

/// <summary>One value of a metric.</summary>
/// <param name="Metric">The metric, with its name and tags.</param>
/// <param name="Value">The value: of a counter or rate the increment, of a timer seconds.</param>
/// <param name="At">When it was recorded, by the registry's clock (the start of the registry plus the monotonic time since).</param>
public readonly record struct MetricSample(Metric Metric, double Value, DateTimeOffset At);
