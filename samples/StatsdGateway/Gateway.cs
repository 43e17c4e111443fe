using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using ReactiveLink;
using ReactiveLink.Metrics;

namespace StatsdGateway;

/// <summary>From datagrams to metrics. It knows neither a socket nor a clock, so it runs in virtual time as well.</summary>
internal sealed class Gateway : IDisposable
{
    private readonly SeriesTable _table;
    private readonly GatewayOptions _options;
    private readonly IScheduler _scheduler;

    /// <summary>Makes it; <see cref="Run"/> begins.</summary>
    /// <param name="options">The bounds.</param>
    /// <param name="scheduler">The time.</param>
    /// <param name="complain">Is told in a line what the gateway's user should put right: a few times, see <see cref="SeriesTable.Complaints"/>.</param>
    public Gateway(GatewayOptions options, IScheduler scheduler, Action<string>? complain = null)
    {
        (_options, _scheduler) = (options, scheduler);
        Metrics = new MetricRegistry(new MetricRegistryOptions
        {
            // A series has up to five metrics: its own, and the quantiles of its window.
            MaximumMetrics = (options.MaximumSeries * 5) + 200,
            MaximumValues = 1, // The windows are the flow's, not the registry's.
            MaximumSketchBytes = QuantileSketch.SmallestMaximumBytes,
            Scheduler = scheduler,
        });
        Figures = new Figures(Metrics);
        _table = new SeriesTable(Metrics, Figures, options, scheduler, complain ?? (static _ => { }));
    }

    /// <summary>Everything there is to expose.</summary>
    public MetricRegistry Metrics { get; }

    /// <summary>What the gateway counts of itself; it observes faults.</summary>
    public Figures Figures { get; }

    /// <summary>Takes datagrams until disposed. An error of the source goes to <paramref name="failed"/>.</summary>
    public IDisposable Run(IObservable<Datagram> datagrams, Action<Exception> failed)
    {
        var step = _options.Window / 6;
        #region statsd-flow
        var windows = datagrams
            .Do(_ => Figures.Datagrams.Add())
            .ParseLines<StatsdLine>(StatsdParser.TryParse, Figures)
            .Select(line => (Line: line, Series: _table.Take(in line)))
            .Where(taken => taken.Series is { IsDistribution: true })
            .SelectMany(taken => taken.Line.Numbers(), (taken, number) => (Series: taken.Series!, Value: taken.Series!.Scale(number.Value)))
            .PerKey(
                sample => sample.Series,
                sample => sample.Value,
                length: _options.Window,
                every: step,
                maxKeys: _options.MaximumSeries,
                idleExpiry: _options.Window * 2,
                options: new WindowOptions { Drops = Figures },
                scheduler: _scheduler)
            .Subscribe(_table.Show, failed);
        #endregion
        return StableCompositeDisposable.Create(windows, Observable.Interval(step, _scheduler).Subscribe(_ => _table.CleanUp()));
    }

    public void Dispose() => Metrics.Dispose();
}
