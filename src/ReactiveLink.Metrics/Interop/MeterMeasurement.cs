using System.Diagnostics.Metrics;

namespace ReactiveLink.Metrics;

/// <summary>One measurement of an instrument of System.Diagnostics.Metrics.</summary>
/// <param name="Instrument">The instrument, with its meter, name, unit and description.</param>
/// <param name="Value">The value. Whole numbers are exact up to 2^53.</param>
/// <param name="Tags">The measurement's tags, in ordinal order of their keys; see <see cref="MeterObservable"/> for its bounds.</param>
/// <param name="At">When it was taken, by the scheduler's clock.</param>
/// <param name="Missed">How many measurements this subscription has missed so far, because its observer was slow.</param>
public readonly record struct MeterMeasurement(Instrument Instrument, double Value, MetricTags Tags, DateTimeOffset At, long Missed);
