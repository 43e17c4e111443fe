namespace ReactiveLink.Metrics.Tests.Quantiles;

/// <summary>Compares sketches by all that can be seen of them.</summary>
internal static class SketchContent
{
    public static void AssertSame(QuantileSketch expected, QuantileSketch actual) =>
        Assert.Equal(Describe(expected), Describe(actual));

    /// <summary>Also after subtraction: everything but the extremes, which may have become estimates.</summary>
    public static void AssertSameBuckets(QuantileSketch expected, QuantileSketch actual)
    {
        Assert.Equal(Figures(expected), Figures(actual));
        Assert.Equal(Buckets(expected), Buckets(actual));

        // A bucket's value is clamped to the extremes: with the same far ones in both, every bucket shows its own value.
        static double[] Buckets(QuantileSketch sketch)
        {
            var wide = new QuantileSketch(sketch.RelativeAccuracy, 1 << 21);
            wide.Add(double.MinValue, 65);
            wide.Add(double.MaxValue, 65);
            wide.Merge(sketch);
            return Ranks(wide);
        }
    }

    public static string Describe(QuantileSketch sketch) =>
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{Figures(sketch)} {sketch.IsExact} {sketch.Min:R} {sketch.Max:R}: {string.Join(' ', Ranks(sketch).CountBy(x => x).Select(x => $"{x.Key:R}x{x.Value}"))}");

    private static (long, long, bool, double) Figures(QuantileSketch sketch) =>
        (sketch.Count, sketch.Refused, sketch.IsCollapsed, sketch.CollapsedBelow);

    private static double[] Ranks(QuantileSketch sketch)
    {
        var ranks = Enumerable.Range(1, (int)sketch.Count).Select(rank => rank / (double)sketch.Count).ToArray();
        sketch.Quantiles(ranks, ranks);
        return ranks;
    }
}
