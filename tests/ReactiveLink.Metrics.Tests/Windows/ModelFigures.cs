namespace ReactiveLink.Metrics.Tests.Windows;

/// <summary>The figures of a window, from the values themselves.</summary>
internal static class ModelFigures
{
    /// <summary>All figures are equal, percentiles within α. Sums are exact, so the values must be multiples of 1/8 or the like.</summary>
    public static void AssertEqual(List<double> all, WindowSummary window)
    {
        var values = all.FindAll(double.IsFinite);
        Assert.Equal((values.Count, all.Count - values.Count), ((int)window.Count, (int)window.Refused));
        Assert.Equal(values.Sum(), window.Sum);
        if (values.Count == 0)
        {
            Assert.All([window.Mean, window.Min, window.Max, window.First, window.Last, window.StandardDeviation, window.P50, window.P99], f => Assert.Equal(double.NaN, f));
            return;
        }

        Assert.Equal((values.Min(), values.Max(), values[0], values[^1]), (window.Min, window.Max, window.First, window.Last));
        double mean = values.Average();
        Assert.Equal(mean, window.Mean, 1e-9);
        Assert.Equal(Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / values.Count), window.StandardDeviation, 1e-6);
        values.Sort();
        AssertQuantile(0.50, window.P50);
        AssertQuantile(0.90, window.P90);
        AssertQuantile(0.95, window.P95);
        AssertQuantile(0.99, window.P99);

        void AssertQuantile(double q, double actual)
        {
            double exact = values[(int)Math.Ceiling(Math.Round(q * values.Count, 9)) - 1];
            Assert.InRange(actual, exact - (0.0101 * Math.Abs(exact)), exact + (0.0101 * Math.Abs(exact)));
        }
    }
}
