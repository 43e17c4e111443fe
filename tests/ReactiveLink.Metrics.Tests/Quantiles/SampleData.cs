namespace ReactiveLink.Metrics.Tests.Quantiles;

/// <summary>Values to sketch, the same on each run, and the definition of a quantile written as plainly as can be.</summary>
internal static class SampleData
{
    private const int Size = 20_000;

    private static readonly Dictionary<string, Func<Random, double[]>> Makers = new(StringComparer.Ordinal)
    {
        ["uniform"] = random => Make(_ => random.NextDouble() * 100),
        ["log-normal"] = random => Make(_ => Math.Exp(2 * Normal(random))),
        ["Pareto"] = random => Make(_ => Math.Pow(1 - random.NextDouble(), -1 / 0.7)),
        ["bimodal"] = random => Make(i => i % 3 == 0 ? 1000 + Normal(random) : 0.02 + (0.001 * Normal(random))),
        ["constant"] = _ => Make(_ => 42.42),
        ["negative"] = random => Make(_ => -Math.Exp(3 * Normal(random))),
        ["mixed signs"] = random => Make(_ => Math.Pow(Normal(random), 3)),
        ["zeros and both signs"] = random => Make(i => i % 2 == 0 ? 0 : Normal(random)),
        ["all zero"] = _ => Make(i => i % 2 == 0 ? 0.0 : -0.0),
        ["alternating tiny and huge"] = _ => Make(i => i % 2 == 0 ? 1e-300 : 1e300),
        ["alternating signs of tiny and huge"] = _ => Make(i => (i % 4) switch { 0 => 1e-300, 1 => -1e300, 2 => -1e-300, _ => 1e300 }),
        ["powers of two"] = _ => Make(i => Math.ScaleB(1, (i % 2000) - 1000)),
        ["just beside powers of two"] = _ => Make(i => Math.BitIncrement(Math.ScaleB(i % 2 == 0 ? 1 : -1, (i % 200) - 100))),
        ["powers of gamma"] = _ => Make(i => Math.Pow(1.01 / 0.99, i % 1000)),
        ["sorted"] = _ => Make(i => 1 + (i * 0.37)),
        ["reversed"] = _ => Make(i => 1 + ((Size - i) * 0.37)),
        ["growing by two percent"] = _ => Make(i => Math.Pow(1.02, i % 30_000)),
        ["one outlier at the end"] = random => Make(i => i == Size - 1 ? 1e200 : random.NextDouble()),
    };

    public static IEnumerable<string> Names => Makers.Keys;

    public static double[] Get(string name) => Makers[name](new Random(20_190_801));

    public static QuantileSketch Fill(QuantileSketch sketch, IEnumerable<double> values)
    {
        foreach (var value in values)
        {
            sketch.Add(value);
        }

        return sketch;
    }

    /// <summary>The smallest value that at least the fraction q of the values does not exceed.</summary>
    public static double NearestRank(double[] sorted, double q) =>
        sorted[Math.Max(0, (int)Math.Ceiling(Math.Round(q * sorted.Length, 6)) - 1)];

    public static void AssertWithin(double expected, double actual, double accuracy)
    {
        var allowed = Math.Abs(expected) * accuracy * (1 + 1e-9);
        Assert.True(Math.Abs(actual - expected) <= allowed, $"{actual:R} is not within {accuracy} of {expected:R}");
    }

    private static double[] Make(Func<int, double> value) => [.. Enumerable.Range(0, Size).Select(value)];

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
