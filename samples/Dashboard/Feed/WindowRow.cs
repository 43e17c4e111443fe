using ReactiveLink.Metrics;

namespace Dashboard.Feed;

/// <summary>A window's figures as the page shows them; null where a window has none.</summary>
internal sealed record WindowRow(string Name, string Unit, double Seconds, long Count, double? Mean, double? P50, double? P90, double? P95, double? P99, double? Max)
{
    public static WindowRow Of(string name, string unit, in WindowSummary window) => new(
        name,
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
