using System.Globalization;
using ReactiveLink.Metrics;

namespace StatsdGateway;

/// <summary>What is kept of one name and its tags: its metrics in the registry, and when it was last heard of. One thread at a time.</summary>
internal sealed class Series(MetricRegistry registry, LineKind kind, string name, MetricTags tags)
{
    private static readonly (double Quantile, Func<WindowSummary, double> Of)[] Quantiles = [(0.5, w => w.P50), (0.9, w => w.P90), (0.95, w => w.P95), (0.99, w => w.P99)];

    /// <summary>For what may be anything: 1, 2 and 5 of each decade from a thousandth to a million.</summary>
    private static readonly double[] WideBounds = [.. Enumerable.Range(-3, 9).SelectMany(power => new[] { 1, 2, 5 }.Select(step => step * Math.Pow(10, power))), 1e6];

    private readonly Dictionary<string, DateTimeOffset> _members = new(StringComparer.Ordinal);
    private double _carry;

    public LineKind Kind => kind;

    public string Name => name;

    public MetricTags Tags => tags;

    public DateTimeOffset LastSeen { get; set; }

    public bool IsDistribution => kind is LineKind.Timer or LineKind.Histogram;

    /// <summary>How many members the set has.</summary>
    public int Members => _members.Count;

    /// <summary>A value in the exposition's unit: seconds instead of a timer's milliseconds.</summary>
    public double Scale(double value) => kind == LineKind.Timer ? value / 1000 : value;

    /// <summary>A StatsD counter may go down, one of Prometheus may not: what was taken away counts up by a name of its own.</summary>
    public bool Count(double value) => value >= 0
        ? registry.GetOrAddCounter(name, tags).Add(value)
        : registry.GetOrAddCounter(name + Names.Decrements, tags).Add(-value);

    public bool Set(double value) => registry.GetOrAddGauge(name, tags).Set(value);

    public bool Change(double value) => registry.GetOrAddGauge(name, tags).Add(value);

    /// <summary>Records a value as often as the sample rate says it was measured. Fractions are carried on, so the count of many lines is right to one.</summary>
    public bool Record(double value, double sampleRate)
    {
        _carry += Math.Min(1 / sampleRate, Limits.Weight);
        var times = Math.Round(_carry);
        _carry -= times;
        Metric metric = kind == LineKind.Timer ? registry.GetOrAddTimer(name, tags) : registry.GetOrAddHistogram(name, tags, bounds: WideBounds);
        var taken = true;
        for (; times > 0; times--)
        {
            taken &= registry.Record(metric.Name, value, metric.Tags);
        }

        return taken;
    }

    /// <summary>Adds a member, if it is one or there is room.</summary>
    public bool AddMember(string member, DateTimeOffset now, bool hasRoom)
    {
        var taken = hasRoom || _members.ContainsKey(member);
        if (taken)
        {
            _members[member] = now;
        }

        return Set(_members.Count) && taken;
    }

    /// <summary>Lets go of members not seen since.</summary>
    public void ForgetMembers(DateTimeOffset before)
    {
        foreach (var (member, seen) in _members)
        {
            if (seen <= before)
            {
                _members.Remove(member);
            }
        }

        Set(_members.Count);
    }

    /// <summary>Shows the percentiles of a window. Of an empty one there are none, and so no series.</summary>
    public void Show(in WindowSummary window)
    {
        foreach (var (quantile, of) in Quantiles)
        {
            if (window.Count > 0)
            {
                registry.GetOrAddGauge(WindowName, TagsOf(quantile)).Set(of(window));
            }
            else
            {
                registry.Unregister(WindowName, TagsOf(quantile));
            }
        }
    }

    public void Forget()
    {
        registry.Unregister(name, tags);
        registry.Unregister(name + Names.Decrements, tags);
        foreach (var (quantile, _) in Quantiles)
        {
            registry.Unregister(WindowName, TagsOf(quantile));
        }
    }

    private string WindowName => name + (kind == LineKind.Timer ? Names.WindowSeconds : Names.Window);

    private MetricTags TagsOf(double quantile) =>
        MetricTags.Of(tags.Where(tag => tag.Key != Names.Quantile).Append(new(Names.Quantile, quantile.ToString(CultureInfo.InvariantCulture))));
}
