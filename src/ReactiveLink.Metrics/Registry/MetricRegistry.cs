using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using ReactiveLink.Metrics.Registry;

namespace ReactiveLink.Metrics;

/// <summary>
/// Metrics by name and tags, within bounds: so many metrics, so many values each, so long. What is past them is let go by itself, on the scheduler given: one timer
/// for all, which runs only while there is something to let go.
/// <list type="table">
/// <listheader><term>call</term><description>outcome, counter</description></listheader>
/// <item><term>register a name and tags that are taken</term><description>false; <see cref="MetricRegistryStatistics.RefusedDuplicates"/></description></item>
/// <item><term>register when full</term><description>false; <see cref="MetricRegistryStatistics.RefusedExcess"/></description></item>
/// <item><term>record to an unknown name</term><description>false; <see cref="MetricRegistryStatistics.RefusedUnknown"/></description></item>
/// <item><term>record what has no meaning for the type</term><description>false; <see cref="MetricStatistics.RefusedNotFinite"/>, <see cref="MetricStatistics.RefusedNegative"/></description></item>
/// <item><term>a subscriber throws</term><description>it loses its subscription; <see cref="Errors"/>, <see cref="MetricRegistryStatistics.SubscriberFailures"/></description></item>
/// <item><term>dispose</term><description>every stream completes, the timer ends, nothing can be registered</description></item>
/// </list>
/// Any member may be called from any callback, on any thread.
/// </summary>
public sealed partial class MetricRegistry : IDisposable
{
    /// <summary>The longest name of a metric, in characters.</summary>
    public const int MaximumNameLength = 255;

    private static MetricRegistry? _default;

    private readonly ConcurrentDictionary<MetricKey, Metric> _metrics = new();
    private readonly Lock _gate = new();
    private readonly MetricHub<Exception> _errors;
    private ImmutableArray<Metric> _all = [];
    private long _refusedUnknown;
    private long _refusedDuplicates;
    private long _refusedExcess;
    private long _subscriberFailures;
    private bool _disposed;

    /// <summary>Makes an empty registry.</summary>
    /// <param name="options">The bounds and the scheduler.</param>
    /// <exception cref="ArgumentException">The options are not valid; the message names every error.</exception>
    public MetricRegistry(MetricRegistryOptions? options = null)
    {
        Options = options ?? new MetricRegistryOptions();
        Options.Validate(nameof(options));
        _errors = new MetricHub<Exception>(Options.SubscriberCapacity, _ => Interlocked.Increment(ref _subscriberFailures), Missed);
        _alerts = new MetricHub<AlertTransition>(Options.SubscriberCapacity, SubscriberFailed, Missed);
        Clock = new MetricClock(Options.Scheduler, Options.CleanUpInterval, CleanUp, SubscriberFailed);
    }

    /// <summary>The process-wide default: made with the default options at its first use. Setting it disposes nothing.</summary>
    public static MetricRegistry Default
    {
        get
        {
            if (Volatile.Read(ref _default) is { } registry)
            {
                return registry;
            }

            var made = new MetricRegistry();
            return Interlocked.CompareExchange(ref _default, made, null) ?? made;
        }

        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Volatile.Write(ref _default, value);
        }
    }

    /// <summary>The options it was made with.</summary>
    public MetricRegistryOptions Options { get; }

    /// <summary>What subscribers of the metrics threw, and the scheduler. Hot; completes with the registry.</summary>
    public IObservable<Exception> Errors => _errors;

    /// <summary>Every metric, in the order of registration: a snapshot.</summary>
    public ImmutableArray<Metric> Metrics
    {
        get
        {
            lock (_gate)
            {
                return _all;
            }
        }
    }

    internal MetricClock Clock { get; }

    /// <summary>What slow subscribers missed of any stream of the registry or its metrics.</summary>
    internal MissedCount Missed { get; } = new();

    /// <summary>Told of a metric that came or went, after the fact and under no lock; <see cref="TryGet(string, out Metric)"/> says which. Handlers do not throw.</summary>
    internal event Action<Metric>? Changed;

    /// <summary>Looks up a metric.</summary>
    /// <param name="name">The name.</param>
    /// <param name="metric">The metric without tags.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGet(string name, [NotNullWhen(true)] out Metric? metric) => TryGet(name, tags: null, out metric);

    /// <summary>Looks up a metric.</summary>
    /// <param name="name">The name.</param>
    /// <param name="tags">The tags; none if null.</param>
    /// <param name="metric">The metric.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGet(string name, MetricTags? tags, [NotNullWhen(true)] out Metric? metric)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _metrics.TryGetValue(new MetricKey(name, tags ?? MetricTags.None), out metric);
    }

    /// <summary>Records a value by name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">An increment for a counter or rate, a value for a gauge or histogram, seconds for a timer.</param>
    /// <param name="tags">The tags; none if left out.</param>
    /// <returns>False if there is no such metric, or it refused the value; both are counted.</returns>
    public bool Record(string name, double value, MetricTags? tags = null)
    {
        if (TryGet(name, tags, out var metric))
        {
            return metric.TryRecord(value);
        }

        Interlocked.Increment(ref _refusedUnknown);
        return false;
    }

    /// <summary>Removes a metric; its streams complete.</summary>
    /// <param name="name">The name.</param>
    /// <param name="tags">The tags; none if left out.</param>
    /// <returns>Whether there was one.</returns>
    public bool Unregister(string name, MetricTags? tags = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        Metric? metric;
        lock (_gate)
        {
            if (!_metrics.TryRemove(new MetricKey(name, tags ?? MetricTags.None), out metric))
            {
                return false;
            }

            _all = _all.Remove(metric);
        }

        metric.Complete();
        Changed?.Invoke(metric);
        return true;
    }

    /// <summary>Statistics of every metric.</summary>
    /// <returns>Immutable snapshots, in the order of registration.</returns>
    public ImmutableArray<MetricStatistics> GetMetricStatistics() => [.. Metrics.Select(metric => metric.GetStatistics())];

    /// <summary>What the registry holds and has refused.</summary>
    /// <returns>An immutable snapshot.</returns>
    public MetricRegistryStatistics GetStatistics()
    {
        var metrics = Metrics;
        long values = 0;
        long recorded = 0;
        long evicted = 0;
        long expired = 0;
        long refused = 0;
        foreach (var metric in metrics)
        {
            var statistics = metric.GetStatistics();
            values += statistics.Held;
            recorded += statistics.Count;
            evicted += statistics.Evicted;
            expired += statistics.Expired;
            refused += statistics.RefusedNegative + statistics.RefusedNotFinite;
        }

        return new MetricRegistryStatistics(
            metrics.Length,
            values,
            recorded,
            evicted,
            expired,
            refused,
            Interlocked.Read(ref _refusedUnknown),
            Interlocked.Read(ref _refusedDuplicates),
            Interlocked.Read(ref _refusedExcess),
            Interlocked.Read(ref _subscriberFailures),
            Missed.Value);
    }

    /// <summary>Resets every metric, and what the registry has refused.</summary>
    public void Reset()
    {
        foreach (var metric in Metrics)
        {
            metric.Reset();
        }

        Interlocked.Exchange(ref _refusedUnknown, 0);
        Interlocked.Exchange(ref _refusedDuplicates, 0);
        Interlocked.Exchange(ref _refusedExcess, 0);
        Interlocked.Exchange(ref _subscriberFailures, 0);
        Missed.Reset();
    }

    /// <summary>Lets go of values past the retention now. Windows never show them, and this happens by itself; it only frees their places earlier.</summary>
    /// <returns>Whether values are left.</returns>
    public bool CleanUp()
    {
        var left = false;
        foreach (var metric in Metrics)
        {
            left |= metric.CleanUp();
        }

        return left;
    }

    /// <summary>Ends every stream and the timer, and removes every metric. Idempotent.</summary>
    public void Dispose()
    {
        ImmutableArray<Metric> metrics;
        lock (_gate)
        {
            _disposed = true;
            metrics = _all;
            _all = [];
            _metrics.Clear();
        }

        Clock.Dispose();
        foreach (var metric in metrics)
        {
            metric.Complete();
            Changed?.Invoke(metric);
        }

        CompleteAlerts();
        _errors.Complete();
    }

    internal void SubscriberFailed(Exception exception)
    {
        Interlocked.Increment(ref _subscriberFailures);
        _errors.OnNext(exception);
    }
}
