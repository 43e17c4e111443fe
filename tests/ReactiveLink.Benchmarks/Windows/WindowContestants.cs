using System.Reactive.Concurrency;
using System.Reactive.Linq;
using ReactiveLink.Metrics;

namespace ReactiveLink.Benchmarks.Windows;

/// <summary>
/// The ways to sum up windows that overlap, each given the same numbers on the same clock. Rx's are what one would write first. Its sums are plain ones, which
/// cost less than ReactiveLink's compensated ones.
/// </summary>
internal static class WindowContestants
{
    public const string Ours = "ReactiveLink SlidingWindow";
    public const string Buffer = "Rx Buffer";
    public const string Window = "Rx Window";

    public static IReadOnlyList<string> Names { get; } = [Ours, Buffer, Window];

    public static IReadOnlyList<string> Aggregates { get; } = ["sum", "max", "p99"];

    public static IObservable<double> Create(string name, IObservable<double> source, string aggregate, TimeSpan length, TimeSpan every, IScheduler scheduler) => name switch
    {
        Ours => SlidingWindow(source, aggregate, length, every, scheduler),
        Buffer => source.Buffer(length, every, scheduler).Select(ListAggregate(aggregate)),
        _ => RxWindow(source.Window(length, every, scheduler), aggregate),
    };

    private static IObservable<double> SlidingWindow(IObservable<double> source, string aggregate, TimeSpan length, TimeSpan every, IScheduler scheduler)
    {
        var nothing = new WindowOptions { Aggregates = Metrics.Aggregates.None, Percentiles = PercentileMode.None };
        return aggregate switch
        {
            "sum" => source.SlidingWindow(length, every, nothing with { Aggregates = Metrics.Aggregates.Sum }, scheduler).Select(w => w.Sum),
            "max" => source.SlidingWindow(length, every, nothing with { Aggregates = Metrics.Aggregates.Extremes }, scheduler).Select(w => w.Max),
            _ => source.SlidingWindow(length, every, nothing with { Percentiles = PercentileMode.Standard }, scheduler).Select(w => w.P99),
        };
    }

    private static IObservable<double> RxWindow(IObservable<IObservable<double>> windows, string aggregate) => aggregate switch
    {
        "sum" => windows.SelectMany(w => w.Sum()),
        "max" => windows.SelectMany(w => w.Max()),
        _ => windows.SelectMany(w => w.ToList()).Select(ListAggregate(aggregate)),
    };

    private static Func<IList<double>, double> ListAggregate(string aggregate) => aggregate switch
    {
        "sum" => static values => values.Sum(),
        "max" => Max,
        _ => P99,
    };

    private static double Max(IList<double> values)
    {
        double max = double.NegativeInfinity;
        foreach (double value in (List<double>)values)
        {
            max = Math.Max(max, value);
        }

        return max;
    }

    private static double P99(IList<double> values)
    {
        var list = (List<double>)values;
        if (list.Count == 0)
        {
            return double.NaN;
        }

        list.Sort();
        return list[(int)(0.99 * (list.Count - 1))];
    }
}
