using System.Runtime.CompilerServices;
using ReactiveLink.Metrics.Registry;
using ReactiveLink.Metrics.Windows;

namespace ReactiveLink.Metrics;

/// <summary>
/// A named series of values in a <see cref="MetricRegistry"/>, and the one-liners over <see cref="MetricRegistry.Default"/>.
/// <list type="table">
/// <listheader><term>input</term><description>output, counter</description></listheader>
/// <item><term>a finite value</term><description>taken: totals, windows and <see cref="Samples"/> show it</description></item>
/// <item><term>NaN, infinity</term><description>refused; <see cref="MetricStatistics.RefusedNotFinite"/></description></item>
/// <item><term>a negative value for a counter, rate or timer</term><description>refused; <see cref="MetricStatistics.RefusedNegative"/></description></item>
/// <item><term>more values than are held</term><description>the oldest is let go; <see cref="MetricStatistics.Evicted"/></description></item>
/// <item><term>a value past the retention</term><description>let go; <see cref="MetricStatistics.Expired"/></description></item>
/// <item><term>unregistered, or the registry disposed</term><description>the streams complete; recording goes on without harm, unseen</description></item>
/// </list>
/// Any member may be called on any thread. Recording takes no lock but once in 256 values, and allocates nothing once its thread's part has grown to its size.
/// </summary>
/// <remarks>
/// <para>
/// Each thread records into a cell of its own, with plain stores; every 256 values it counts them together. The time of a value is exact up to 32 values in 10 ms
/// per thread; beyond, up to 256 values share a time that is at most 10 ms old, and older by as much as the registry's scheduler is late. A 64th thread and further ones share a cell, and take turns.
/// </para>
/// <para>
/// Reading a window's count, sum, smallest or largest value takes a binary search. Percentiles are within
/// <see cref="MetricRegistryOptions.RelativeAccuracy"/>, of the definition of <see cref="QuantileSketch"/>, and cost what came and went since the last reading of a
/// window of that length (four lengths are remembered; another one costs its values once). A summary takes one pass over its values.
/// </para>
/// </remarks>
public abstract class Metric
{
    private readonly Recorder _recorder;
    private readonly MetricHub<MetricSample> _samples;
    private readonly MetricHub<MetricSample> _end;
    private readonly MetricRegistry _registry;
    private readonly MissedCount _missedSamples;
    private readonly MissedCount _missedSummaries;
    private long _refusedNotFinite;
    private long _refusedNegative;
    private long _resets;

    private protected Metric(MetricRegistry registry, MetricKey key, MetricDetails details, BucketBounds? bounds = null)
    {
        _registry = registry;
        _recorder = new Recorder(registry.Clock, registry.Options, bounds);
        _missedSamples = new MissedCount(registry.Missed);
        _missedSummaries = new MissedCount(registry.Missed);
        _samples = new MetricHub<MetricSample>(registry.Options.SubscriberCapacity, registry.SubscriberFailed, _missedSamples);
        _end = new MetricHub<MetricSample>(1, registry.SubscriberFailed, _missedSamples);
        Name = key.Name;
        Tags = key.Tags;
        Description = details.Description;
        Unit = details.Unit;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The tags.</summary>
    public MetricTags Tags { get; }

    /// <summary>What it means, in a sentence; null if not given.</summary>
    public string? Description { get; }

    /// <summary>The unit of its values, in UCUM's notation (<c>s</c>, <c>By</c>, <c>{datagram}</c>); null if not given.</summary>
    public string? Unit { get; }

    /// <summary>The type.</summary>
    public abstract MetricType Type { get; }

    /// <summary>The value now: a counter's total, a gauge's last value, a rate per second, a distribution's last value. NaN if there is none.</summary>
    public abstract double Value { get; }

    /// <summary>Every value as it is recorded. Hot; completes when the metric is unregistered.</summary>
    public IObservable<MetricSample> Samples => _samples;

    internal Recorder Recorder => _recorder;

    internal MetricRegistry Registry => _registry;

    /// <summary>Gives nothing, and completes with the metric: waiting for the end must not make the recording threads publish.</summary>
    internal IObservable<MetricSample> End => _end;

    internal MissedCount MissedSummaries => _missedSummaries;

    /// <summary>Records a value in the default registry.</summary>
    /// <param name="name">The name of a metric without tags.</param>
    /// <param name="value">The value; what it means depends on the metric's type.</param>
    /// <returns>False if there is no such metric, or it refused the value; both are counted.</returns>
    public static bool Record(string name, double value) => MetricRegistry.Default.Record(name, value);

    /// <summary>Looks up a metric of the default registry.</summary>
    /// <param name="name">The name.</param>
    /// <param name="tags">The tags; none if left out.</param>
    /// <returns>The metric, or null if there is none.</returns>
    public static Metric? Get(string name, MetricTags? tags = null) => MetricRegistry.Default.TryGet(name, tags, out var metric) ? metric : null;

    /// <summary>One figure over the values of the last while.</summary>
    /// <param name="aggregation">Which figure.</param>
    /// <param name="window">The length of the window that ends now; the retention if left out. A value exactly this old is in.</param>
    /// <param name="percentile">For <see cref="Aggregation.Percentile"/>: which, 0 to 100.</param>
    /// <returns>The figure.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="aggregation"/> is not a member of its set, <paramref name="window"/> is not positive or longer than the retention, or <paramref name="percentile"/> is not from 0 to 100.</exception>
    public double Aggregate(Aggregation aggregation, TimeSpan? window = null, double percentile = 95)
    {
        if (percentile is not (>= 0 and <= 100))
        {
            throw new ArgumentOutOfRangeException(nameof(percentile), percentile, "Give a percentile from 0 to 100.");
        }

        if (!Enum.IsDefined(aggregation))
        {
            throw new ArgumentOutOfRangeException(nameof(aggregation), aggregation, "Use a member of Aggregation.");
        }

        var length = CheckWindow(window);
        return _recorder.Read((aggregation, length.Ticks, percentile), static (history, now, ask) =>
        {
            var start = history.Find(now - ask.Ticks);
            return ask.aggregation switch
            {
                Aggregation.Sum => history.SumFrom(start),
                Aggregation.Average => history.CountFrom(start) == 0 ? double.NaN : history.SumFrom(start) / history.CountFrom(start),
                Aggregation.Min => history.SmallestFrom(start),
                Aggregation.Max => history.LargestFrom(start),
                Aggregation.Count => history.CountFrom(start),
                _ => history.QuantileFrom(ask.Ticks, start, ask.percentile / 100),
            };
        });
    }

    /// <summary>All figures over the values of the last while, of the same instant.</summary>
    /// <param name="window">The length of the window that ends now; the retention if left out.</param>
    /// <returns>The figures. Values of exactly the start and the end are in.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="window"/> is not positive or longer than the retention.</exception>
    public WindowSummary GetSummary(TimeSpan? window = null) =>
        _recorder.Read((_recorder.Clock, CheckWindow(window).Ticks), static (history, now, ask) =>
        {
            var begin = now - ask.Ticks;
            var start = history.Find(begin);
            var moments = default(Moments);
            for (var i = start; i < history.End; i++)
            {
                moments.Add(history.ValueAt(i), Aggregates.All);
            }

            var bounds = new WindowBounds(ask.Clock.ToTime(begin).UtcTicks, ask.Clock.ToTime(now).UtcTicks);
            var sketch = moments.Count == 0 ? null : history.SketchFrom(ask.Ticks, start);
            return WindowSummary.Create(in bounds, in moments, Aggregates.All, PercentileMode.Standard, sketch);
        });

    /// <summary>
    /// Summaries at whole multiples of an interval of the registry's clock, without drift; ticks that a slow subscriber is too late for are left out, and
    /// counted in <see cref="MetricStatistics.MissedSummaries"/>. Each subscription has one timer. It completes when the metric is unregistered; a scheduler that
    /// throws is its error.
    /// </summary>
    /// <param name="every">The interval: 1 ms to 24 days.</param>
    /// <param name="window">The length of each window; as <paramref name="every"/> if left out, at most the retention.</param>
    /// <returns>The stream; it takes nothing from the recording threads.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="every"/> or <paramref name="window"/> is out of range.</exception>
    public IObservable<WindowSummary> Summaries(TimeSpan every, TimeSpan? window = null)
    {
        if (every < TimeSpan.FromMilliseconds(1) || every > TimeSpan.FromDays(24))
        {
            throw new ArgumentOutOfRangeException(nameof(every), every, "Give an interval from 1 ms to 24 days.");
        }

        return new SummaryStream(this, every, CheckWindow(window ?? every));
    }

    /// <summary>What was taken and let go, and the value now.</summary>
    /// <returns>An immutable snapshot.</returns>
    public MetricStatistics GetStatistics()
    {
        var totals = _recorder.NewTotals();
        var (held, evicted, expired, last) = _recorder.Read(totals, 0, static (history, _, _) =>
            (history.Count, history.Evicted, history.Expired, history.Count == 0 ? (long?)null : history.LastTicks));
        return new MetricStatistics
        {
            Name = Name,
            Tags = Tags,
            Type = Type,
            Value = Value,
            Count = totals.Count,
            Sum = totals.Sum,
            Min = totals.Count == 0 ? double.NaN : totals.Min,
            Max = totals.Count == 0 ? double.NaN : totals.Max,
            Held = held,
            Evicted = evicted,
            Expired = expired,
            RefusedNotFinite = Interlocked.Read(ref _refusedNotFinite),
            RefusedNegative = Interlocked.Read(ref _refusedNegative),
            Resets = Interlocked.Read(ref _resets),
            MissedSamples = _missedSamples.Value,
            MissedSummaries = _missedSummaries.Value,
            LastAt = last is { } ticks ? _recorder.Clock.ToTime(ticks) : null,
        };
    }

    /// <summary>Forgets every value, total and count. A recording that is under way on another thread meanwhile is either forgotten or in all that is read afterwards; a <see cref="Gauge"/> set meanwhile may be forgotten by its value or its windows alone.</summary>
    public void Reset()
    {
        ResetValue();
        _recorder.Reset();
        Interlocked.Exchange(ref _refusedNotFinite, 0);
        Interlocked.Exchange(ref _refusedNegative, 0);
        Interlocked.Exchange(ref _resets, 0);
        _missedSamples.Reset();
        _missedSummaries.Reset();
    }

    /// <summary>The name and tags.</summary>
    /// <returns>For example <c>loss{peer=camera}</c>.</returns>
    public override string ToString() => Name + Tags;

    internal abstract bool TryRecord(double value);

    internal bool CleanUp() => _recorder.Read(0, static (history, _, _) => history.Count > 0);

    internal void Complete()
    {
        _samples.Complete();
        _end.Complete();
    }

    private protected virtual void ResetValue()
    {
    }

    private protected void Take(double value) => Take(value, ThreadPlace.Current);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected void Take(double value, int place)
    {
        _recorder.Record(value, place);
        if (_samples.HasObservers)
        {
            Publish(value);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private protected bool Refuse(double value)
    {
        Interlocked.Increment(ref double.IsFinite(value) ? ref _refusedNegative : ref _refusedNotFinite);
        return false;
    }

    private protected void CountReset() => Interlocked.Increment(ref _resets);

    private void Publish(double value) => _samples.OnNext(new MetricSample(this, value, _recorder.Clock.ToTime(_recorder.Clock.Ticks)));

    private TimeSpan CheckWindow(TimeSpan? window)
    {
        var retention = _registry.Options.Retention;
        var length = window ?? retention;
        if (length <= TimeSpan.Zero || length > retention)
        {
            throw new ArgumentOutOfRangeException(nameof(window), window, $"Give a positive window of at most the retention, {retention}.");
        }

        return length;
    }
}
