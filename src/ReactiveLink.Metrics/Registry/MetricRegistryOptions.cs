using System.Reactive.Concurrency;

namespace ReactiveLink.Metrics;

/// <summary>The bounds and the clock of a <see cref="MetricRegistry"/>.</summary>
public sealed record MetricRegistryOptions
{
    /// <summary>
    /// The latest values that each metric holds for its windows. Default: 1000; 1 to 1,048,576. Older ones are evicted and counted. Each thread that records into a
    /// metric, of up to 63 and one place for all others, has a ring for as many, which grows as they come: 16 bytes for each, rounded up to a power of two, 16 KiB with
    /// the default. A thread's rings stay after its end, and go to a later thread.
    /// </summary>
    public int MaximumValues { get; init; } = 1000;

    /// <summary>How long a value is held, and the longest window. Default: 300 s; 1 ms to 24 days.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>The most metrics. Default: 100; 1 to 1,048,576. A further one is refused and counted.</summary>
    public int MaximumMetrics { get; init; } = 100;

    /// <summary>The most alert rules. Default: 100; 1 to 1,048,576. Adding a further one throws.</summary>
    public int MaximumAlertRules { get; init; } = 100;

    /// <summary>How often values past the retention are let go, while there are any. Default: 60 s; 10 ms to 24 days. Windows never show them, cleaned or not.</summary>
    public TimeSpan CleanUpInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Samples that wait for one slow subscriber. Default: 1024; 1 to 1,048,576. Beyond, it misses the newest, which is counted.</summary>
    public int SubscriberCapacity { get; init; } = 1024;

    /// <summary>The relative accuracy of percentiles and quantiles. Default: 0.01; 0.0001 to 0.5.</summary>
    public double RelativeAccuracy { get; init; } = QuantileSketch.DefaultRelativeAccuracy;

    /// <summary>
    /// The most bytes of one <see cref="QuantileSketch"/>. Default: 8192; from 1024. A metric has one for each of up to four lengths of windows whose percentiles are
    /// asked for; a histogram or timer one more for each thread that records into it, up to 64.
    /// </summary>
    public int MaximumSketchBytes { get; init; } = QuantileSketch.DefaultMaximumBytes;

    /// <summary>Where timers run and time comes from. Default: Rx's default scheduler.</summary>
    public IScheduler Scheduler { get; init; } = DefaultScheduler.Instance;

    internal void Validate(string parameterName)
    {
        List<string> errors = [];
        Require(errors, MaximumValues is >= 1 and <= 1 << 20, "MaximumValues must be from 1 to 1048576.");
        Require(errors, Retention >= TimeSpan.FromMilliseconds(1) && Retention <= TimeSpan.FromDays(24), "Retention must be from 1 ms to 24 days.");
        Require(errors, MaximumMetrics is >= 1 and <= 1 << 20, "MaximumMetrics must be from 1 to 1048576.");
        Require(errors, MaximumAlertRules is >= 1 and <= 1 << 20, "MaximumAlertRules must be from 1 to 1048576.");
        Require(errors, CleanUpInterval >= TimeSpan.FromMilliseconds(10) && CleanUpInterval <= TimeSpan.FromDays(24), "CleanUpInterval must be from 10 ms to 24 days.");
        Require(errors, SubscriberCapacity is >= 1 and <= 1 << 20, "SubscriberCapacity must be from 1 to 1048576.");
        Require(errors, RelativeAccuracy is >= 0.0001 and <= 0.5, "RelativeAccuracy must be from 0.0001 to 0.5.");
        Require(errors, MaximumSketchBytes >= QuantileSketch.SmallestMaximumBytes, "MaximumSketchBytes must be at least 1024.");
        Require(errors, Scheduler is not null, "Scheduler is null: leave it out for the default.");
        if (errors.Count > 0)
        {
            throw new ArgumentException("The registry's options are not valid: " + string.Join(" ", errors), parameterName);
        }
    }

    private static void Require(List<string> errors, bool holds, string error)
    {
        if (!holds)
        {
            errors.Add(error);
        }
    }
}
