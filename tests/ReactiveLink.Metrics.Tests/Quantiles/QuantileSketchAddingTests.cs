namespace ReactiveLink.Metrics.Tests.Quantiles;

/// <summary>Many values at once are counted as one after the other.</summary>
public sealed class QuantileSketchAddingTests
{
    public static TheoryData<string, double, int> Cases()
    {
        var cases = new TheoryData<string, double, int>();
        foreach (var name in SampleData.Names)
        {
            cases.Add(name, 0.01, QuantileSketch.DefaultMaximumBytes);
            cases.Add(name, 0.0001, 1 << 21);
            cases.Add(name, 0.05, QuantileSketch.SmallestMaximumBytes);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Values_added_together_are_those_added_each(string name, double accuracy, int bytes)
    {
        var expected = new QuantileSketch(accuracy, bytes);
        var actual = new QuantileSketch(accuracy, bytes);
        var values = SampleData.Get(name)[..3000];
        var random = new Random(7);
        for (var from = 0; from < values.Length;)
        {
            // Whole blocks, parts of one, and what is left over of eight.
            var some = values.AsSpan(from, Math.Min(random.Next(400), values.Length - from));
            from += some.Length;
            SampleData.Fill(expected, some.ToArray());
            actual.AddFinite(some);
        }

        SketchContent.AssertSame(expected, actual);
    }

    [Fact]
    public void A_block_with_edges_in_it_is_counted_as_each()
    {
        double[] edges = [0, -0.0, double.Epsilon, -1e-310, 2.2250738585072014e-308, -2.2250738585072014e-308, double.MaxValue, double.MinValue, 1, -1];
        foreach (var edge in edges)
        {
            double[] values = [.. Enumerable.Range(1, 200).Select(i => (double)i), edge, .. Enumerable.Range(1, 77).Select(i => 1.0 / i)];
            var actual = new QuantileSketch(0.01, 1 << 21);
            actual.AddFinite(values);
            SketchContent.AssertSame(SampleData.Fill(new QuantileSketch(0.01, 1 << 21), values), actual);
        }
    }
}
