using ReactiveLink.Metrics.Registry;

namespace ReactiveLink.Metrics;

public sealed partial class MetricRegistry
{
    /// <summary>Registers a metric with the defaults of its type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="name">The name: 1 to <see cref="MaximumNameLength"/> characters.</param>
    /// <param name="tags">The tags; none if left out.</param>
    /// <param name="description">What it means, in a sentence.</param>
    /// <param name="unit">The unit, in UCUM's notation.</param>
    /// <returns>False if the name and tags are taken or the registry is full, both counted, or if it is disposed.</returns>
    /// <exception cref="ArgumentException">The name is empty or too long.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="type"/> is not a member of <see cref="MetricType"/>.</exception>
    public bool Register(MetricType type, string name, MetricTags? tags = null, string? description = null, string? unit = null)
    {
        var key = CheckKey(name, tags);
        var details = new MetricDetails(description, unit);
        return type switch
        {
            MetricType.Counter => TryAdd(key, () => new Counter(this, key, details), out _) == Outcome.Added,
            MetricType.Gauge => TryAdd(key, () => new Gauge(this, key, details), out _) == Outcome.Added,
            MetricType.Histogram => TryAdd(key, () => new Histogram(this, key, details, DefaultBounds()), out _) == Outcome.Added,
            MetricType.Timer => TryAdd(key, () => new Timer(this, key, details, DefaultBounds()), out _) == Outcome.Added,
            MetricType.Rate => TryAdd(key, () => new Rate(this, key, details, CounterWidth.Bits64, CheckRateWindow(null)), out _) == Outcome.Added,
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Use a member of MetricType."),
        };
    }

    /// <summary>The counter of that name and tags, registered if it was not.</summary>
    /// <param name="name">The name: 1 to <see cref="MaximumNameLength"/> characters.</param>
    /// <param name="tags">The tags; none if left out.</param>
    /// <param name="description">What it means, in a sentence.</param>
    /// <param name="unit">The unit, in UCUM's notation.</param>
    /// <returns>The counter.</returns>
    /// <exception cref="ArgumentException">The name is empty or too long.</exception>
    /// <exception cref="InvalidOperationException">The name and tags are those of a metric of another type, or the registry is full.</exception>
    /// <exception cref="ObjectDisposedException">The registry is disposed.</exception>
    public Counter GetOrAddCounter(string name, MetricTags? tags = null, string? description = null, string? unit = null)
    {
        var key = CheckKey(name, tags);
        return GetOrAdd(key, () => new Counter(this, key, new MetricDetails(description, unit)));
    }

    /// <summary>The gauge of that name and tags, registered if it was not.</summary>
    /// <param name="name">The name: 1 to <see cref="MaximumNameLength"/> characters.</param>
    /// <param name="tags">The tags; none if left out.</param>
    /// <param name="description">What it means, in a sentence.</param>
    /// <param name="unit">The unit, in UCUM's notation.</param>
    /// <returns>The gauge.</returns>
    /// <exception cref="ArgumentException">The name is empty or too long.</exception>
    /// <exception cref="InvalidOperationException">The name and tags are those of a metric of another type, or the registry is full.</exception>
    /// <exception cref="ObjectDisposedException">The registry is disposed.</exception>
    public Gauge GetOrAddGauge(string name, MetricTags? tags = null, string? description = null, string? unit = null)
    {
        var key = CheckKey(name, tags);
        return GetOrAdd(key, () => new Gauge(this, key, new MetricDetails(description, unit)));
    }

    /// <summary>The histogram of that name and tags, registered if it was not.</summary>
    /// <param name="name">The name: 1 to <see cref="MaximumNameLength"/> characters.</param>
    /// <param name="tags">The tags; none if left out.</param>
    /// <param name="description">What it means, in a sentence.</param>
    /// <param name="unit">The unit, in UCUM's notation.</param>
    /// <param name="bounds">The upper bounds of its buckets, inclusive and ascending; <see cref="Histogram.DefaultBounds"/> if left out. Not looked at if it is registered already.</param>
    /// <returns>The histogram.</returns>
    /// <exception cref="ArgumentException">The name is empty or too long, or the bounds are not finite, ascending and at most <see cref="Histogram.MaximumBounds"/>.</exception>
    /// <exception cref="InvalidOperationException">The name and tags are those of a metric of another type, or the registry is full.</exception>
    /// <exception cref="ObjectDisposedException">The registry is disposed.</exception>
    public Histogram GetOrAddHistogram(string name, MetricTags? tags = null, string? description = null, string? unit = null, IReadOnlyList<double>? bounds = null)
    {
        var key = CheckKey(name, tags);
        var checkedBounds = bounds is null ? DefaultBounds() : Histogram.CheckBounds([.. bounds]);
        return GetOrAdd(key, () => new Histogram(this, key, new MetricDetails(description, unit), checkedBounds));
    }

    /// <summary>The timer of that name and tags, registered if it was not.</summary>
    /// <param name="name">The name: 1 to <see cref="MaximumNameLength"/> characters.</param>
    /// <param name="tags">The tags; none if left out.</param>
    /// <param name="description">What it means, in a sentence.</param>
    /// <param name="bounds">The upper bounds of its buckets in seconds, inclusive and ascending; <see cref="Histogram.DefaultBounds"/> if left out. Not looked at if it is registered already.</param>
    /// <returns>The timer.</returns>
    /// <exception cref="ArgumentException">The name is empty or too long, or the bounds are not finite, ascending and at most <see cref="Histogram.MaximumBounds"/>.</exception>
    /// <exception cref="InvalidOperationException">The name and tags are those of a metric of another type, or the registry is full.</exception>
    /// <exception cref="ObjectDisposedException">The registry is disposed.</exception>
    public Timer GetOrAddTimer(string name, MetricTags? tags = null, string? description = null, IReadOnlyList<double>? bounds = null)
    {
        var key = CheckKey(name, tags);
        var checkedBounds = bounds is null ? DefaultBounds() : Histogram.CheckBounds([.. bounds]);
        return GetOrAdd(key, () => new Timer(this, key, new MetricDetails(description, "s"), checkedBounds));
    }

    /// <summary>The rate of that name and tags, registered if it was not.</summary>
    /// <param name="name">The name: 1 to <see cref="MaximumNameLength"/> characters.</param>
    /// <param name="tags">The tags; none if left out.</param>
    /// <param name="description">What it means, in a sentence.</param>
    /// <param name="unit">The unit of what is counted, in UCUM's notation.</param>
    /// <param name="width">How wide the counter is whose readings it takes. Not looked at if it is registered already.</param>
    /// <param name="window">The time that its value is over: positive, at most the retention; 60 s, or the retention if shorter, if left out. Not looked at if it is registered already.</param>
    /// <returns>The rate.</returns>
    /// <exception cref="ArgumentException">The name is empty or too long, or a further argument out of its range.</exception>
    /// <exception cref="InvalidOperationException">The name and tags are those of a metric of another type, or the registry is full.</exception>
    /// <exception cref="ObjectDisposedException">The registry is disposed.</exception>
    public Rate GetOrAddRate(
        string name, MetricTags? tags = null, string? description = null, string? unit = null, CounterWidth width = CounterWidth.Bits64, TimeSpan? window = null)
    {
        var key = CheckKey(name, tags);
        if (width is not (CounterWidth.Bits32 or CounterWidth.Bits64))
        {
            throw new ArgumentOutOfRangeException(nameof(width), width, "Use a member of CounterWidth.");
        }

        var length = CheckRateWindow(window);
        return GetOrAdd(key, () => new Rate(this, key, new MetricDetails(description, unit), width, length));
    }

    private static BucketBounds DefaultBounds() => new([.. Histogram.DefaultBounds]);

    private static MetricKey CheckKey(string name, MetricTags? tags)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Length > MaximumNameLength)
        {
            throw new ArgumentException($"A metric's name has at most {MaximumNameLength} characters.", nameof(name));
        }

        return new MetricKey(name, tags ?? MetricTags.None);
    }

    private TimeSpan CheckRateWindow(TimeSpan? window)
    {
        var longest = Options.Retention;
        var usual = TimeSpan.FromSeconds(60);
        var length = window ?? (usual < longest ? usual : longest);
        if (length <= TimeSpan.Zero || length > longest)
        {
            throw new ArgumentOutOfRangeException(nameof(window), window, $"Give a positive window of at most the retention, {longest}.");
        }

        return length;
    }

    private T GetOrAdd<T>(MetricKey key, Func<T> make)
        where T : Metric
    {
        var outcome = _metrics.TryGetValue(key, out var metric) ? Outcome.Taken : TryAdd(key, make, out metric, counted: false);
        return outcome switch
        {
            Outcome.Full => throw new InvalidOperationException(
                $"The registry has {Options.MaximumMetrics} metrics, its limit: unregister some, or raise MetricRegistryOptions.MaximumMetrics."),
            Outcome.Disposed => throw new ObjectDisposedException(nameof(MetricRegistry)),
            _ => metric as T ?? throw new InvalidOperationException($"'{metric}' is registered as a {metric!.Type}, not as a {typeof(T).Name}."),
        };
    }

    private Outcome TryAdd<T>(MetricKey key, Func<T> make, out Metric? metric, bool counted = true)
        where T : Metric
    {
        // Made before the gate is taken: the clock that a metric reads is the user's scheduler's.
        var made = make();
        lock (_gate)
        {
            if (_disposed)
            {
                metric = null;
                return Outcome.Disposed;
            }

            if (_metrics.TryGetValue(key, out metric))
            {
                Interlocked.Add(ref _refusedDuplicates, counted ? 1 : 0);
                return Outcome.Taken;
            }

            if (_all.Length >= Options.MaximumMetrics)
            {
                Interlocked.Increment(ref _refusedExcess);
                return Outcome.Full;
            }

            metric = made;
            _metrics[key] = made;
            _all = _all.Add(made);
        }

        Changed?.Invoke(made);
        return Outcome.Added;
    }

    private enum Outcome
    {
        Added,
        Taken,
        Full,
        Disposed,
    }
}
