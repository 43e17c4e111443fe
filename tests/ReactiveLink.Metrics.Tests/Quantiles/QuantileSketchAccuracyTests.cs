namespace ReactiveLink.Metrics.Tests.Quantiles;

/// <summary>Quantiles against those of the sorted values, on distributions that are easy, common or hostile.</summary>
public sealed class QuantileSketchAccuracyTests
{
    private static readonly double[] Fractions = [0, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];

    public static TheoryData<string> Distributions => new(SampleData.Names);

    [Theory]
    [MemberData(nameof(Distributions))]
    public void Quantiles_are_within_one_percent(string distribution) =>
        AssertAccurate(SampleData.Get(distribution), 0.01, 1 << 21);

    [Theory]
    [InlineData(0.0001)]
    [InlineData(0.001)]
    [InlineData(0.05)]
    [InlineData(0.25)]
    [InlineData(0.5)]
    public void Quantiles_are_within_the_accuracy_asked_for(double accuracy)
    {
        AssertAccurate(SampleData.Get("log-normal"), accuracy, 1 << 22);
        AssertAccurate(SampleData.Get("mixed signs"), accuracy, 1 << 22);
    }

    [Theory]
    [InlineData("uniform")]
    [InlineData("log-normal")]
    [InlineData("bimodal")]
    [InlineData("constant")]
    public void The_default_bytes_suffice_for_common_distributions(string distribution)
    {
        var sketch = SampleData.Fill(new QuantileSketch(), SampleData.Get(distribution));
        Assert.False(sketch.IsCollapsed);
    }

    [Fact]
    public void Every_magnitude_a_double_has_is_within_the_bound()
    {
        // One value per sketch of a repeated count, so that the answer is the bucket's value and not an extreme that is kept exactly.
        var sketch = new QuantileSketch(0.01, 1 << 21);
        for (var magnitude = 2.3e-308; magnitude < 1.7e308; magnitude *= 1.37)
        {
            sketch.Clear();
            sketch.Add(magnitude / 2 >= 2.3e-308 ? magnitude / 2 : 0, 100);
            sketch.Add(magnitude, 100);
            sketch.Add(Math.Min(magnitude * 2, double.MaxValue), 100);
            SampleData.AssertWithin(magnitude, sketch.Quantile(0.5), 0.01);
        }
    }

    [Fact]
    public void The_largest_and_the_smallest_numbers_stay_finite()
    {
        var sketch = new QuantileSketch(0.01, 1 << 21);
        double[] extremes = [double.MaxValue, double.MinValue, double.MaxValue / 1.001, 2.2250738585072014e-308, -2.2250738585072014e-308];
        AssertAccurateOn(sketch, [.. Enumerable.Repeat(extremes, 50).SelectMany(x => x)], 0.01);
        Assert.Equal(double.MaxValue, sketch.Max);
        Assert.Equal(double.MinValue, sketch.Min);
    }

    [Fact]
    public void Up_to_64_values_are_exact()
    {
        var random = new Random(7);
        var values = Enumerable.Range(0, 64).Select(_ => (random.NextDouble() - 0.5) * 1e6).ToArray();
        var sketch = SampleData.Fill(new QuantileSketch(0.5), values);
        Assert.True(sketch.IsExact);
        Array.Sort(values);
        for (var i = 1; i <= 64; i++)
        {
            Assert.Equal(values[i - 1], sketch.Quantile(i / 64.0));
        }

        sketch.Add(1);
        Assert.False(sketch.IsExact);
        Assert.Equal(65, sketch.Count);
        SampleData.AssertWithin(values[15], sketch.Quantile(16 / 65.0), 0.5);
    }

    [Theory]
    [InlineData(0.07, 100, 7)]
    [InlineData(0.29, 100, 29)]
    [InlineData(0.0, 10, 1)]
    [InlineData(0.001, 10, 1)]
    [InlineData(0.1, 10, 1)]
    [InlineData(0.11, 10, 2)]
    [InlineData(0.5, 5, 3)]
    [InlineData(0.5, 4, 2)]
    [InlineData(0.99, 100, 99)]
    [InlineData(0.991, 100, 100)]
    [InlineData(1.0, 7, 7)]
    [InlineData(1.0, long.MaxValue, long.MaxValue)]
    public void The_rank_is_the_nearest_rank(double q, long count, long rank)
    {
        if (count < long.MaxValue)
        {
            Assert.Equal(rank, QuantileSketch.RankOf(q, count));
        }
        else
        {
            Assert.InRange(QuantileSketch.RankOf(q, count), count - 8192, count);
        }
    }

    [Fact]
    public void Both_forms_use_the_same_rank()
    {
        // 60 values one by one are exact; the same 60 with others merged in and subtracted again are in buckets.
        var exact = new QuantileSketch();
        var others = new QuantileSketch();
        for (var i = 1; i <= 60; i++)
        {
            exact.Add(i);
            others.Add(1e6, 2);
        }

        var buckets = exact.Clone();
        buckets.Merge(others);
        Assert.True(buckets.Subtract(others));
        Assert.False(buckets.IsExact);
        for (var i = 0; i <= 200; i++)
        {
            SampleData.AssertWithin(exact.Quantile(i / 200.0), buckets.Quantile(i / 200.0), 0.01);
        }
    }

    private static void AssertAccurate(double[] values, double accuracy, int bytes) =>
        AssertAccurateOn(new QuantileSketch(accuracy, bytes), values, accuracy);

    private static void AssertAccurateOn(QuantileSketch sketch, double[] values, double accuracy)
    {
        SampleData.Fill(sketch, values);
        Assert.False(sketch.IsCollapsed);
        Assert.Equal(values.Length, sketch.Count);
        var sorted = values.Order().ToArray();
        var results = new double[Fractions.Length];
        sketch.Quantiles(Fractions, results);
        for (var i = 0; i < Fractions.Length; i++)
        {
            var expected = SampleData.NearestRank(sorted, Fractions[i]);
            SampleData.AssertWithin(expected, results[i], accuracy);
            Assert.Equal(results[i], sketch.Quantile(Fractions[i]));
        }

        Assert.Equal(sorted[0], sketch.Min);
        Assert.Equal(sorted[^1], sketch.Max);
        Assert.Equal(sorted[0], sketch.Quantile(0), Math.Abs(sorted[0]) * accuracy);
    }
}
