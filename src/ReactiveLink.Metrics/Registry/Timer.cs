using ReactiveLink.Metrics.Registry;

namespace ReactiveLink.Metrics;

/// <summary>A distribution of durations in seconds, measured by the registry's clock: <c>using (timer.Measure()) { … }</c>.</summary>
public sealed class Timer : Metric
{
    internal Timer(MetricRegistry registry, MetricKey key, MetricDetails details, BucketBounds bounds)
        : base(registry, key, details with { Unit = details.Unit ?? "s" }, bounds)
    {
    }

    /// <inheritdoc/>
    public override MetricType Type => MetricType.Timer;

    /// <summary>The last duration of those held, in seconds; NaN if there is none.</summary>
    public override double Value => Recorder.Read(0, static (history, _, _) => history.Count == 0 ? double.NaN : history.LastValue);

    /// <summary>Starts to measure; what it gives records the time until its disposal. Allocates nothing.</summary>
    /// <returns>The measurement. Dispose it once; each disposal of a copy records again.</returns>
    public TimerMeasurement Measure() => new(this, Recorder.Clock.Ticks);

    /// <summary>Takes a duration.</summary>
    /// <param name="duration">The duration: 0 or more.</param>
    /// <returns>Whether it was taken; what is refused is counted.</returns>
    public bool Record(TimeSpan duration) => TryRecord(duration.TotalSeconds);

    /// <summary>The buckets and totals now, in seconds.</summary>
    /// <returns>An immutable snapshot.</returns>
    public HistogramSnapshot GetSnapshot() => HistogramSnapshot.Of(Recorder);

    internal override bool TryRecord(double value)
    {
        if (value >= 0 && value <= double.MaxValue)
        {
            Take(value);
            return true;
        }

        return Refuse(value);
    }

    internal void RecordSince(long start) => TryRecord((Recorder.Clock.Ticks - start) / (double)TimeSpan.TicksPerSecond);
}
