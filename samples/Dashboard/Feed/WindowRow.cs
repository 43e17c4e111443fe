using ReactiveLink.Metrics;

namespace Dashboard.Feed;

/// <summary>A window's figures as the page shows them; null where a window has none.</summary>
/// <param name="Name">What it is over.</param>
/// <param name="Source">Whose messages, or empty for the link's own figures.</param>
/// <param name="Unit">The unit of the figures.</param>
/// <param name="Seconds">Its length.</param>
/// <param name="Count">How many values it holds.</param>
/// <param name="Mean">The mean.</param>
/// <param name="P50">The median.</param>
/// <param name="P90">The 90th percentile.</param>
/// <param name="P95">The 95th percentile.</param>
/// <param name="P99">The 99th percentile.</param>
/// <param name="Max">The largest value.</param>
internal sealed record WindowRow(
    string Name, string Source, string Unit, double Seconds, long Count, double? Mean, double? P50, double? P90, double? P95, double? P99, double? Max)
{
    public static WindowRow Of(string name, string source, string unit, in WindowSummary window) => new(
        name,
        source,
        unit,
        (window.End - window.Start).TotalSeconds,
        window.Count,
        Figure(window.Mean),
        Figure(window.P50),
        Figure(window.P90),
        Figure(window.P95),
        Figure(window.P99),
        Figure(window.Max));

    private static double? Figure(double value) => double.IsFinite(value) ? Math.Round(value, 3) : null;
}
