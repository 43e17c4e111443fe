using FsCheck;
using FsCheck.Fluent;

namespace ReactiveLink.Metrics.Tests.Quantiles;

/// <summary>What holds for any values: the bound, merging in any order, the inverse of merging, ranks.</summary>
public sealed class QuantileSketchPropertyTests
{
    // 1024 bytes are 38 buckets: most inputs below collapse. The large bound never does.
    private const int FewBytes = 1024;
    private const int ManyBytes = 1 << 21;

    private static readonly Gen<double> AnyValue = Gen.Frequency(
        (1, Gen.Constant(0.0)),
        (1, Gen.Elements(1.0, -1.0, 2.0, double.MaxValue, double.MinValue, double.Epsilon, 2.2250738585072014e-308, -0.0)),
        (1, Gen.Elements(double.NaN, double.PositiveInfinity, double.NegativeInfinity)),
        (6, Scaled(3)),
        (4, Scaled(40)),
        (2, Scaled(990)));

    private static readonly Gen<double[]> AnyValues = Gen.OneOf(
        AnyValue.ArrayOf(), AnyValue.ArrayOf(70), AnyValue.ArrayOf(150), Scaled(1).ArrayOf(100));

    private static readonly Arbitrary<double[]> Values = AnyValues.ToArbitrary();

    private static readonly Arbitrary<double[][]> Parts = AnyValues.ArrayOf(4).ToArbitrary();

    [Fact]
    public void The_bound_holds() => Verify(Prop.ForAll(Values, values =>
    {
        var sketch = SampleData.Fill(new QuantileSketch(0.01, ManyBytes), values);
        Assert.False(sketch.IsCollapsed);
        AssertBoundAboveThreshold(sketch, values);
    }));

    [Fact]
    public void Every_value_is_counted_or_refused() => Verify(Prop.ForAll(Values, values =>
    {
        var sketch = SampleData.Fill(new QuantileSketch(0.01, FewBytes), values);
        Assert.Equal(values.Count(double.IsFinite), sketch.Count);
        Assert.Equal(values.Length, sketch.Count + sketch.Refused);
        Assert.InRange(sketch.SizeInBytes, 0, FewBytes);
    }));

    [Theory]
    [InlineData(FewBytes)]
    [InlineData(QuantileSketch.DefaultMaximumBytes)]
    public void Quantiles_do_not_fall_and_lie_between_the_extremes(int bytes) => Verify(Prop.ForAll(Values, values =>
    {
        var sketch = SampleData.Fill(new QuantileSketch(0.01, bytes), values);
        if (sketch.Count == 0)
        {
            return;
        }

        var quantiles = Enumerable.Range(0, 51).Select(i => sketch.Quantile(i / 50.0)).ToArray();
        Assert.Equal(quantiles.Order(), quantiles);
        Assert.InRange(quantiles[0], sketch.Min, sketch.Max);
        Assert.InRange(quantiles[^1], sketch.Min, sketch.Max);
    }), bytes);

    [Theory]
    [InlineData(FewBytes)]
    [InlineData(1400)]
    [InlineData(ManyBytes)]
    public void The_order_of_additions_does_not_matter(int bytes) => Verify(Prop.ForAll(Values, values =>
    {
        var expected = SketchContent.Describe(SampleData.Fill(new QuantileSketch(0.01, bytes), values));
        Assert.Equal(expected, SketchContent.Describe(SampleData.Fill(new QuantileSketch(0.01, bytes), values.Reverse())));
        Assert.Equal(expected, SketchContent.Describe(SampleData.Fill(new QuantileSketch(0.01, bytes), values.Order())));
        Assert.Equal(expected, SketchContent.Describe(SampleData.Fill(new QuantileSketch(0.01, bytes), values.OrderBy(Math.Abs))));
    }), bytes);

    [Theory]
    [InlineData(FewBytes)]
    [InlineData(1400)]
    [InlineData(ManyBytes)]
    public void Merging_in_any_order_is_adding_everything(int bytes) => Verify(Prop.ForAll(Parts, parts =>
    {
        var expected = SketchContent.Describe(SampleData.Fill(new QuantileSketch(0.01, bytes), parts.SelectMany(x => x)));
        var (a, b, c, d) = (Part(0), Part(1), Part(2), Part(3));
        Assert.Equal(expected, SketchContent.Describe(Merged(Merged(Merged(a, b), c), d)));
        Assert.Equal(expected, SketchContent.Describe(Merged(a, Merged(b, Merged(c, d)))));
        Assert.Equal(expected, SketchContent.Describe(Merged(Merged(d, b), Merged(c, a))));
        Assert.Equal(expected, SketchContent.Describe(Merged(SampleData.Fill(Part(3), parts[0]), Merged(c, b))));

        QuantileSketch Part(int i) => SampleData.Fill(new QuantileSketch(0.01, bytes), parts[i]);
    }), bytes);

    [Theory]
    [InlineData(FewBytes)]
    [InlineData(ManyBytes)]
    public void Subtraction_takes_out_what_was_merged(int bytes) => Verify(Prop.ForAll(Parts, parts =>
    {
        var sketches = parts.Select(part => SampleData.Fill(new QuantileSketch(0.01, bytes), part)).ToArray();
        var all = new QuantileSketch(0.01, bytes);
        foreach (var sketch in sketches)
        {
            all.Merge(sketch);
        }

        Assert.True(all.Subtract(sketches[1]));
        Assert.True(all.Subtract(sketches[3]));
        var rest = Merged(sketches[0], sketches[2]);
        Assert.Equal((rest.Count, rest.Refused), (all.Count, all.Refused));
        if (bytes == ManyBytes && rest.Count > 0)
        {
            // Same buckets: apart only by what the exact form, or an exact extreme, knows better.
            double[] fractions = [0, 0.05, 0.2, 0.5, 0.7, 0.9, 0.99, 1];
            var (expected, actual) = (new double[8], new double[8]);
            rest.Quantiles(fractions, expected);
            all.Quantiles(fractions, actual);
            for (var i = 0; i < 8; i++)
            {
                SampleData.AssertWithin(expected[i], actual[i], 0.0101);
            }
        }

        Assert.True(all.Subtract(sketches[2]));
        Assert.True(all.Subtract(sketches[0]));
        SketchContent.AssertSame(new QuantileSketch(), all);
    }), bytes);

    [Fact]
    public void Subtraction_leaves_the_same_buckets() => Verify(Prop.ForAll(Parts, parts =>
    {
        // The first part is in buckets before, so that both sides are.
        var kept = SampleData.Fill(new QuantileSketch(0.01, ManyBytes), parts[0]);
        kept.Add(1, 65);
        var more = SampleData.Fill(new QuantileSketch(0.01, ManyBytes), parts[1]);
        var both = Merged(kept, more);
        Assert.True(both.Subtract(more));
        SketchContent.AssertSameBuckets(kept, both);
        Assert.True(both.Subtract(kept));
        Assert.Equal(0, both.Count);
    }), ManyBytes);

    [Theory]
    [InlineData(FewBytes)]
    [InlineData(2000)]
    public void A_sliding_window_stays_balanced_through_collapses(int bytes) => Verify(Prop.ForAll(AnyValues.ArrayOf(12).ToArbitrary(), parts =>
    {
        var window = new QuantileSketch(0.01, bytes);
        var panes = new Queue<QuantileSketch>();
        var merged = 0;
        foreach (var part in parts)
        {
            var pane = SampleData.Fill(new QuantileSketch(0.01, bytes), part);
            window.Merge(pane);
            panes.Enqueue(pane);
            if (panes.Count > 3)
            {
                Assert.True(window.Subtract(panes.Dequeue()));
            }

            Assert.Equal((panes.Sum(x => x.Count), panes.Sum(x => x.Refused)), (window.Count, window.Refused));
            AssertBoundAboveThreshold(window, parts[..(++merged)].TakeLast(panes.Count).SelectMany(x => x));
        }

        while (panes.TryDequeue(out var pane))
        {
            Assert.True(window.Subtract(pane));
        }

        SketchContent.AssertSame(new QuantileSketch(), window);
    }), bytes);

    private static void AssertBoundAboveThreshold(QuantileSketch sketch, IEnumerable<double> values)
    {
        var sorted = values.Where(double.IsFinite).Select(x => double.IsNormal(x) ? x : 0).Order().ToArray();
        var results = Enumerable.Range(1, sorted.Length).Select(rank => rank / (double)sorted.Length).ToArray();
        sketch.Quantiles(results, results);
        for (var i = 0; i < sorted.Length; i++)
        {
            if (Math.Abs(sorted[i]) >= sketch.CollapsedBelow * (1 + 1e-9))
            {
                SampleData.AssertWithin(sorted[i], results[i], 0.01);
            }
        }
    }

    private static Gen<double> Scaled(int exponents) =>
        from exponent in Gen.Choose(-exponents, exponents)
        from significand in Gen.Choose(-2000, 2000)
        select Math.ScaleB(significand / 1000.0, exponent);

    private static QuantileSketch Merged(QuantileSketch a, QuantileSketch b)
    {
        var merged = a.Clone();
        merged.Merge(b);
        return merged;
    }

    private static void Verify(Property property, int bytes = FewBytes) =>
        property.Check(Config.QuickThrowOnFailure.WithMaxTest(bytes == ManyBytes ? 40 : 300).WithQuietOnSuccess(true));
}
