using ReactiveLink.Metrics;

namespace ReactiveLink.Stress;

/// <summary>Eight threads record while others read, register and subscribe: every total is exact.</summary>
internal sealed class RegistryStorm(Watchdog watchdog) : Storm(watchdog)
{
    private const int Recorders = 8;
    private const int Batch = 1000;

    private readonly MetricRegistry _registry = new();
    private readonly long[] _recorded = new long[Recorders];
    private Counter _counter = null!;
    private Histogram _histogram = null!;
    private Gauge _gauge = null!;
    private long _reads;

    public override string Summary => $"registry: {_recorded.Sum():N0} recorded in each of 3 metrics by {Recorders} threads, {_reads:N0} readings";

    protected override void Begin()
    {
        _counter = _registry.GetOrAddCounter("counter");
        _histogram = _registry.GetOrAddHistogram("histogram");
        _gauge = _registry.GetOrAddGauge("gauge");
        _gauge.Set(0);
        for (var i = 0; i < Recorders; i++)
        {
            var recorder = i;
            Repeat($"recorder {i}", worker =>
            {
                worker.Step("record");
                for (var n = 0; n < Batch; n++)
                {
                    _counter.Add();
                    _histogram.Record(n);
                    _gauge.Add(1);
                }

                _recorded[recorder] += Batch;
            });
        }

        Repeat("reader", worker =>
        {
            worker.Step("read");
            var before = _counter.Value;
            var statistics = _counter.GetStatistics();
            Require(statistics.Count >= before, "A count went back.");
            Require(statistics.Held + statistics.Evicted + statistics.Expired == statistics.Count, $"Held and let go do not come to the count: {statistics}");
            worker.Step("summary");
            _ = _histogram.GetSummary();
            worker.Step("clean up");
            _registry.CleanUp();
            _reads++;
        });
        Repeat("registrar", worker =>
        {
            worker.Step("register");
            _registry.Register(MetricType.Gauge, "passing");
            _registry.Record("passing", 1);
            worker.Step("subscribe");
            using var samples = _gauge.Samples.Subscribe(static _ => { });
            using var summaries = _counter.Summaries(TimeSpan.FromMilliseconds(10)).Subscribe(static _ => { });
            worker.Step("unregister");
            _registry.Unregister("passing");
        });
    }

    protected override void Finish()
    {
        double total = _recorded.Sum();
        Require(_counter.Value == total, $"The counter says {_counter.Value}, and {total} were recorded.");
        Require(_histogram.GetStatistics().Count == (long)total, $"The histogram says {_histogram.GetStatistics().Count}, and {total} were recorded.");
        Require(_gauge.Value == total, $"The gauge says {_gauge.Value}, and {total} were added.");
        _registry.Dispose();
    }
}
