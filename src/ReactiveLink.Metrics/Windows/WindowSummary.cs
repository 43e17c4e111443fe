using System.Runtime.InteropServices;
using ReactiveLink.Metrics.Quantiles;
using ReactiveLink.Metrics.Windows;

namespace ReactiveLink.Metrics;

/// <summary>What the numbers of one window come to. All figures are of the same window. Figures without a value (of an empty window, or not asked for) are NaN.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct WindowSummary
{
    private readonly QuantileSketch? _sketch;
    private readonly PercentileMode _mode;

    private static readonly double[] StandardFractions = [0.50, 0.90, 0.95, 0.99];

    private WindowSummary(
        in WindowBounds bounds, in Moments moments, Aggregates aggregates, PercentileMode mode, QuantileSketch? sketch, Span<BucketHint> hints)
    {
        Start = bounds.StartTime;
        End = bounds.EndTime;
        IsPartial = bounds.IsPartial;
        Revision = bounds.Revision;
        Count = moments.Count;
        Refused = moments.Refused;
        double seconds = (double)(bounds.End - bounds.Start) / TimeSpan.TicksPerSecond;
        Rate = seconds > 0 ? moments.Count / seconds : double.NaN;
        bool any = moments.Count > 0;
        First = any ? moments.First : double.NaN;
        Last = any ? moments.Last : double.NaN;
        bool extremes = any && (aggregates & Aggregates.Extremes) == Aggregates.Extremes;
        Min = extremes ? moments.Min : double.NaN;
        Max = extremes ? moments.Max : double.NaN;
        StandardDeviation = any && (aggregates & Aggregates.Deviation) == Aggregates.Deviation ? moments.StandardDeviation : double.NaN;
        bool sum = (aggregates & Aggregates.Sum) == Aggregates.Sum;
        Sum = sum ? moments.Sum : double.NaN;
        Mean = !any ? double.NaN : sum ? moments.Sum / moments.Count : (aggregates & Aggregates.Deviation) == Aggregates.Deviation ? moments.WelfordMean : double.NaN;
        P50 = P90 = P95 = P99 = double.NaN;
        _mode = mode;
        if (any && sketch is not null)
        {
            Span<double> percentiles = stackalloc double[4];
            sketch.Read(StandardFractions, percentiles, hints);
            (P50, P90, P95, P99) = (percentiles[0], percentiles[1], percentiles[2], percentiles[3]);
            if (extremes)
            {
                P50 = Math.Clamp(P50, Min, Max);
                P90 = Math.Clamp(P90, Min, Max);
                P95 = Math.Clamp(P95, Min, Max);
                P99 = Math.Clamp(P99, Min, Max);
            }

            _sketch = mode == PercentileMode.OnDemand ? sketch.CloneToRead() : null;
        }
    }

    /// <summary>The window's first instant, which is in it, in UTC. Of count windows and sessions: when the first value came.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>The window's end, which is not in it, in UTC. Of count windows: when the last value came; of a metric's: when it was read; both are in it.</summary>
    public DateTimeOffset End { get; }

    /// <summary>True if the window does not lie wholly within the subscription: it reaches before it, or the source completed before its end.</summary>
    public bool IsPartial { get; }

    /// <summary>0 for a window's first result; counts up with each result that late items revise.</summary>
    public int Revision { get; }

    /// <summary>True if this replaces a result of the same window that was told before.</summary>
    public bool IsRevision => Revision > 0;

    /// <summary>How many finite values the window holds.</summary>
    public long Count { get; }

    /// <summary>How many values were NaN or infinite. They are in no other figure.</summary>
    public long Refused { get; }

    /// <summary>The sum, compensated; 0 of an empty window. Past the largest double it is infinite, or NaN where sums of both signs are; the mean with it.</summary>
    public double Sum { get; }

    /// <summary>The arithmetic mean.</summary>
    public double Mean { get; }

    /// <summary>The smallest value.</summary>
    public double Min { get; }

    /// <summary>The largest value.</summary>
    public double Max { get; }

    /// <summary>The standard deviation of the window's values themselves (divided by n); 0 for one value.</summary>
    public double StandardDeviation { get; }

    /// <summary>The value that came first.</summary>
    public double First { get; }

    /// <summary>The value that came last.</summary>
    public double Last { get; }

    /// <summary>Values per second of the window's length; NaN if that is 0.</summary>
    public double Rate { get; }

    /// <summary>The sum per second of the window's length: of a counter's window its increase per second; NaN if the length is 0.</summary>
    public double PerSecond => End > Start ? Sum / (End - Start).TotalSeconds : double.NaN;

    /// <summary>The median, within the relative accuracy of <see cref="WindowOptions.RelativeAccuracy"/>.</summary>
    public double P50 { get; }

    /// <summary>The 90th percentile, within the relative accuracy.</summary>
    public double P90 { get; }

    /// <summary>The 95th percentile, within the relative accuracy.</summary>
    public double P95 { get; }

    /// <summary>The 99th percentile, within the relative accuracy.</summary>
    public double P99 { get; }

    /// <summary>Any percentile, within the relative accuracy. May be read by several threads at once.</summary>
    /// <param name="p">0 to 100.</param>
    /// <returns>The smallest value that <paramref name="p"/> percent of the values do not exceed; NaN of an empty window.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="p"/> is not within 0 to 100.</exception>
    /// <exception cref="InvalidOperationException">The window's options do not keep what is asked for.</exception>
    public double Percentile(double p)
    {
        if (!(p is >= 0 and <= 100))
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, "A percentile is between 0 and 100.");
        }

        if (_sketch is not null)
        {
            double quantile = _sketch.Quantile(p / 100);
            return double.IsNaN(Min) ? quantile : p == 0 ? Min : p == 100 ? Max : Math.Clamp(quantile, Min, Max);
        }

        return (_mode, p) switch
        {
            (PercentileMode.OnDemand, _) => double.NaN,
            (PercentileMode.Standard, 50) => P50,
            (PercentileMode.Standard, 90) => P90,
            (PercentileMode.Standard, 95) => P95,
            (PercentileMode.Standard, 99) => P99,
            _ => throw new InvalidOperationException(
                "This summary does not keep that percentile: set WindowOptions.Percentiles to PercentileMode.OnDemand (Standard keeps 50, 90, 95 and 99)."),
        };
    }

    internal static WindowSummary Create(in WindowBounds bounds, in Moments moments, Aggregates aggregates, PercentileMode mode, QuantileSketch? sketch)
    {
        var hint = BucketHint.None;
        return new(in bounds, in moments, aggregates, mode, sketch, new Span<BucketHint>(ref hint));
    }

    internal static WindowSummary Create(in WindowBounds bounds, in Moments moments, Aggregates aggregates, PercentileMode mode, SketchPanes? sketches) =>
        new(in bounds, in moments, aggregates, mode, sketches?.Window, sketches is null ? [] : sketches.Hints);
}
