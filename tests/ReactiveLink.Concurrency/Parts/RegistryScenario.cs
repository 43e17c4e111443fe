using ReactiveLink.Concurrency.Checking;
using ReactiveLink.Concurrency.Control;
using ReactiveLink.Concurrency.Exploring;
using ReactiveLink.Metrics;

namespace ReactiveLink.Concurrency.Parts;

/// <summary>Metrics by name: registered once, up to the limit, found from then on, gone when unregistered, none after dispose; what is refused is counted.</summary>
internal sealed class RegistryScenario : Scenario
{
    private const int Names = 3;

    private static readonly string[] Name = ["a", "b", "c"];

    private readonly MetricRegistry _registry;
    private readonly int _maximum;
    private readonly List<Metric> _known = [];

    public RegistryScenario(Controller controller, Random random, bool small)
        : base(controller, random)
    {
        _maximum = random.Next(1, 4);
        _registry = new MetricRegistry(new MetricRegistryOptions { MaximumMetrics = _maximum, Scheduler = Scheduler });
        var ends = random.Next(4) == 0;
        Clients(2, small ? 2 : 4, small ? 2 : 4, _ =>
        {
            var name = random.Next(Names);
            return random.Next(10) switch
            {
                0 or 1 => () => Call("Register", name, 0, () => _registry.Register(MetricType.Counter, Name[name]) ? 1 : 0),
                2 or 3 => () => GetOrAdd(name),
                4 or 5 => () => Call("Unregister", name, 0, () => _registry.Unregister(Name[name]) ? 1 : 0),
                6 => () => Call("Find", name, 0, () => _registry.TryGet(Name[name], out var metric) ? Known(metric) : 0),
                7 => () => Call("Count", 0, 0, () => _registry.Metrics.Length),
                8 when ends => () => Call("Dispose", 0, 0, () =>
                {
                    _registry.Dispose();
                    return 0;
                }),
                _ => () => Record(name),
            };
        });
    }

    public override Model Model => new RegistryModel(_maximum);

    public override void Finish()
    {
        var statistics = _registry.GetStatistics();
        Finally("Count", 0, statistics.Metrics);
        Finally("Unknown", 0, (int)statistics.RefusedUnknown);
        Finally("Duplicates", 0, (int)statistics.RefusedDuplicates);
        Finally("Excess", 0, (int)statistics.RefusedExcess);
    }

    private void GetOrAdd(int name)
    {
        var effect = Begin("GetOrAdd", name);
        try
        {
            effect.Result = Known(_registry.GetOrAddCounter(Name[name]));
        }
        catch (ObjectDisposedException)
        {
            effect.Result = RegistryModel.Disposed;
        }
        catch (InvalidOperationException)
        {
            effect.Result = RegistryModel.Full;
        }

        End(effect);
    }

    private void Record(int name)
    {
        // It looks, and counts what it did not find.
        var effect = Begin("Has", name);
        effect.Result = _registry.Record(Name[name], 1) ? 1 : 0;
        End(effect);
        if (effect.Result == 0)
        {
            Then(effect, "Miss");
        }
    }

    private int Known(Metric metric)
    {
        if (!_known.Contains(metric))
        {
            _known.Add(metric);
        }

        return _known.IndexOf(metric) + 1;
    }

    private sealed class RegistryModel(int maximum) : Model
    {
        public const int Full = -1;
        public const int Disposed = -2;

        // Which metric a name stands for is known from the first call that gave it back.
        private readonly int?[] _metrics = new int?[Names];
        private readonly HashSet<int> _gone = [];
        private int _unknown;
        private int _duplicates;
        private int _excess;
        private bool _disposed;

        private int Count => _metrics.Count(metric => metric is not null);

        public override Model Copy()
        {
            var copy = new RegistryModel(maximum) { _unknown = _unknown, _duplicates = _duplicates, _excess = _excess, _disposed = _disposed };
            _metrics.CopyTo(copy._metrics, 0);
            copy._gone.UnionWith(_gone);
            return copy;
        }

        public override bool TryApply(Effect effect)
        {
            ref var metric = ref _metrics[effect.A];
            switch (effect.Name)
            {
                case "Register":
                    return Register(ref metric) == (effect.Result == 1);
                case "GetOrAdd":
                    if (metric is null && !_disposed && Count < maximum)
                    {
                        metric = 0;
                    }
                    else if (metric is null)
                    {
                        _excess += _disposed ? 0 : 1;
                        return effect.Result == (_disposed ? Disposed : Full);
                    }

                    return effect.Result > 0 && Is(ref metric, effect.Result);
                case "Unregister":
                    var was = metric is not null;
                    Remove(ref metric);
                    return was == (effect.Result == 1);
                case "Find":
                    return effect.Result == 0 ? metric is null : metric is not null && Is(ref metric, effect.Result);
                case "Has":
                    return (metric is not null) == (effect.Result == 1);
                case "Miss":
                    _unknown++;
                    return true;
                case "Count":
                    return effect.Result == Count;
                case "Unknown":
                    return effect.Result == _unknown;
                case "Duplicates":
                    return effect.Result == _duplicates;
                case "Excess":
                    return effect.Result == _excess;
                default:
                    // Dispose
                    _disposed = true;
                    for (var name = 0; name < Names; name++)
                    {
                        Remove(ref _metrics[name]);
                    }

                    return true;
            }
        }

        public override bool IsIdle(Effect effect) => effect.Name == "Miss";

        public override void WriteKey(List<int> key)
        {
            key.Add(_unknown);
            key.Add(_duplicates);
            key.Add(_excess);
            key.Add(_disposed ? 1 : 0);
            foreach (var metric in _metrics)
            {
                key.Add(metric ?? -1);
            }

            key.AddRange(_gone.Order());
        }

        private bool Register(ref int? metric)
        {
            if (_disposed)
            {
                return false;
            }

            if (metric is not null)
            {
                _duplicates++;
                return false;
            }

            if (Count == maximum)
            {
                _excess++;
                return false;
            }

            metric = 0;
            return true;
        }

        private bool Is(ref int? metric, int known)
        {
            if (metric == 0 && !_metrics.Contains(known) && !_gone.Contains(known))
            {
                metric = known;
            }

            return metric == known;
        }

        private void Remove(ref int? metric)
        {
            if (metric is { } known and > 0)
            {
                _gone.Add(known);
            }

            metric = null;
        }
    }
}
