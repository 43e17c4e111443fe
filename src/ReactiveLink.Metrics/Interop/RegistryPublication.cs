using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ReactiveLink.Metrics.Interop;

/// <summary>
/// Follows a registry. Whoever raises <c>_work</c> from zero does all that there is, others leave their change and go: listeners are called under no lock, and
/// changes are looked up in the registry when their turn comes, so their order does not matter.
/// </summary>
internal sealed class RegistryPublication : IDisposable
{
    private readonly MetricRegistry _registry;
    private readonly MeterOptions _options;
    private readonly ConcurrentQueue<Metric> _changes = new();
    private readonly Dictionary<(string Name, MetricType Type), MetricFamily> _families = [];
    private volatile bool _lookAtAll = true;
    private volatile bool _disposed;
    private int _work;

    public RegistryPublication(MetricRegistry registry, MeterOptions options)
    {
        _registry = registry;
        _options = new MeterOptions(options.Name)
        {
            Version = options.Version,
            Tags = options.Tags?.ToArray(),
            Scope = options.Scope,
            TelemetrySchemaUrl = options.TelemetrySchemaUrl,
        };
    }

    public void Start()
    {
        _registry.Changed += OnChanged;
        WorkOff();
    }

    public void Dispose()
    {
        _disposed = true;
        _registry.Changed -= OnChanged;
        WorkOff();
    }

    private void OnChanged(Metric metric)
    {
        // So many changes wait only behind a listener that hangs.
        if (_changes.Count < _registry.Options.MaximumMetrics)
        {
            _changes.Enqueue(metric);
        }
        else
        {
            _lookAtAll = true;
        }

        WorkOff();
    }

    private void WorkOff()
    {
        if (Interlocked.Increment(ref _work) != 1)
        {
            return;
        }

        var seen = 1;
        do
        {
            Work();
            seen = Interlocked.Add(ref _work, -seen);
        }
        while (seen != 0);
    }

    private void Work()
    {
        if (_disposed)
        {
            foreach (var family in _families.Values)
            {
                family.Dispose();
            }

            _families.Clear();
            _changes.Clear();
            return;
        }

        if (_lookAtAll)
        {
            _lookAtAll = false;
            foreach (var metric in _families.Values.SelectMany(family => family.Metrics).Concat(_registry.Metrics).ToArray())
            {
                Follow(metric);
            }
        }

        while (!_disposed && _changes.TryDequeue(out var metric))
        {
            Follow(metric);
        }
    }

    private void Follow(Metric metric)
    {
        var key = (metric.Name, metric.Type);
        var family = _families.GetValueOrDefault(key);
        if (_registry.TryGet(metric.Name, metric.Tags, out var current) && ReferenceEquals(current, metric))
        {
            if (family is null)
            {
                _families[key] = new MetricFamily(_registry, _options, metric);
            }
            else
            {
                family.Add(metric);
            }
        }
        else if (family is not null && family.Remove(metric) == 0)
        {
            _families.Remove(key);
            family.Dispose();
        }
    }
}
