using ReactiveLink.Concurrency.Checking;
using ReactiveLink.Concurrency.Control;
using ReactiveLink.Concurrency.Exploring;
using ReactiveLink.Metrics;

namespace ReactiveLink.Concurrency.Parts;

/// <summary>
/// Recording without a lock: each thread has a part of its own, and who reads looks at one part after the other. Nothing is lost or counted twice, whatever is read, cleaned
/// up or reset meanwhile, and the values held and those let go always come to the count.
/// </summary>
internal sealed class CounterScenario : Scenario
{
    // A ring is made larger, and values are counted, at 64 and at 256.
    private const int Many = 70;

    private readonly MetricRegistry _registry;
    private readonly Counter _counter;
    private readonly bool _isBulk;
    private readonly int _threads;
    private long _begun;
    private long _done;
    private bool _resets;

    public CounterScenario(Controller controller, Random random, bool small)
        : base(controller, random)
    {
        _registry = new MetricRegistry(new MetricRegistryOptions { MaximumValues = random.Next(2) == 0 ? 10 : 1000, Scheduler = Scheduler });
        _counter = _registry.GetOrAddCounter("explored");
        _isBulk = !small && random.Next(8) == 0;
        _threads = random.Next(2, small ? 3 : 4);
        var resets = !_isBulk && random.Next(3) == 0;
        for (var thread = 0; thread < _threads; thread++)
        {
            var place = thread;
            Action[] operations = [.. Enumerable.Range(0, random.Next(1, small ? 3 : 4)).Select(_ => random.Next(8) switch
            {
                < 4 => (Action)(() => Add(place)),
                < 6 => () => Read(() => _counter.Value),
                6 when resets => Reset,
                _ => () => Read(Statistics),
            })];
            Client(() => Array.ForEach(operations, operation => operation()));
        }
    }

    public override Model Model => new CounterModel(_threads);

    protected override int PoolThreads => 1;

    public override void Finish()
    {
        Require(_resets || _counter.Value == _begun, "What was recorded and what is read at the end are not the same.");
        Require(_resets || Statistics() == _begun, "What was recorded and the count at the end are not the same.");
        if (!_isBulk)
        {
            Read(() => _counter.Value);
        }

        _registry.Dispose();
    }

    private void Add(int thread)
    {
        if (!_isBulk)
        {
            _begun++;
            Call("Add", thread, 0, () => _counter.Add() ? 1 : 0);
            return;
        }

        for (var i = 0; i < Many; i++)
        {
            _begun++;
            _counter.Add();
            _done++;
        }
    }

    private double Statistics()
    {
        var statistics = _counter.GetStatistics();
        Require(
            statistics.Held + statistics.Evicted + statistics.Expired == statistics.Count || _resets,
            $"Held and let go do not come to the count: {statistics}");
        Require(statistics.Sum == statistics.Count, "The sum and the count of ones are not the same.");
        return statistics.Count;
    }

    private void Read(Func<double> read)
    {
        if (_isBulk)
        {
            var least = _done;
            var value = read();
            Require(value >= least && value <= _begun, $"{value} was read, with {least} done before and {_begun} begun after.");
            return;
        }

        var first = Begin("Look", 0, 0);
        var total = (int)read();
        End(first);
        var last = first;
        for (var thread = 1; thread < _threads; thread++)
        {
            last = Then(last, "Look", thread, first.Begin);
        }

        Then(last, "Total", 0, first.Begin).Result = total;
    }

    private void Reset()
    {
        _resets = true;
        var effect = Begin("Clear", 0);
        _counter.Reset();
        End(effect);
        for (var thread = 1; thread < _threads; thread++)
        {
            effect = Then(effect, "Clear", thread);
        }
    }

    /// <summary>A part for each thread. A reading is a sum of parts, each at its own moment.</summary>
    private sealed class CounterModel(int threads) : Model
    {
        private readonly int[] _parts = new int[threads];
        private readonly SortedDictionary<int, int> _sums = [];

        public override Model Copy()
        {
            var copy = new CounterModel(threads);
            _parts.CopyTo(copy._parts, 0);
            foreach (var (reading, sum) in _sums)
            {
                copy._sums.Add(reading, sum);
            }

            return copy;
        }

        public override bool TryApply(Effect effect)
        {
            switch (effect.Name)
            {
                case "Add":
                    _parts[effect.A]++;
                    return true;
                case "Clear":
                    _parts[effect.A] = 0;
                    return true;
                case "Look":
                    var reading = effect.B == 0 ? effect.Begin : effect.B;
                    _sums[reading] = _sums.GetValueOrDefault(reading) + _parts[effect.A];
                    return true;
                default:
                    // Total
                    return _sums.Remove(effect.B, out var sum) && sum == effect.Result;
            }
        }

        public override void WriteKey(List<int> key)
        {
            key.AddRange(_parts);
            foreach (var (reading, sum) in _sums)
            {
                key.Add(reading);
                key.Add(sum);
            }
        }
    }
}
