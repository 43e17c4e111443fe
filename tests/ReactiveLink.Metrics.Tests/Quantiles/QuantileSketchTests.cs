namespace ReactiveLink.Metrics.Tests.Quantiles;

/// <summary>What each member promises, on small and on hostile inputs.</summary>
public sealed class QuantileSketchTests
{
    [Theory]
    [InlineData(0.00009)]
    [InlineData(0.51)]
    [InlineData(0)]
    [InlineData(-0.01)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void ArgumentChecking_accuracy(double accuracy) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new QuantileSketch(accuracy));

    [Theory]
    [InlineData(1023)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void ArgumentChecking_bytes(int bytes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new QuantileSketch(0.01, bytes));

    [Fact]
    public void ArgumentChecking_members()
    {
        var sketch = new QuantileSketch();
        sketch.Add(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => sketch.Add(1, -1));
        Assert.Throws<ArgumentNullException>(() => sketch.Merge(null!));
        Assert.Throws<ArgumentNullException>(() => sketch.Subtract(null!));
        Assert.Throws<ArgumentNullException>(() => sketch.CopyTo(null!));
        Assert.Throws<ArgumentException>(() => sketch.Quantiles([0.5, 0.9], new double[1]));
        foreach (var q in new[] { -0.001, 1.001, double.NaN, double.NegativeInfinity })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => sketch.Quantile(q));
            var results = new double[] { 7, 7 };
            Assert.Throws<ArgumentOutOfRangeException>(() => sketch.Quantiles([0.5, q], results));
            Assert.Equal([7, 7], results);
        }

        var other = new QuantileSketch(0.02);
        Assert.Contains("relative accuracy (0.01 and 0.02)", Assert.Throws<ArgumentException>(() => sketch.Merge(other)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => sketch.Subtract(other));
        Assert.Throws<ArgumentException>(() => sketch.CopyTo(other));
        Assert.Equal(1, sketch.Count);
    }

    [Fact]
    public void Empty()
    {
        var sketch = new QuantileSketch();
        Assert.Equal(0, sketch.Count);
        Assert.Equal(0, sketch.Refused);
        Assert.Equal(double.NaN, sketch.Min);
        Assert.Equal(double.NaN, sketch.Max);
        Assert.Equal(double.NaN, sketch.Quantile(0.5));
        Assert.Equal(0.01, sketch.RelativeAccuracy);
        Assert.Equal(8192, sketch.MaximumBytes);
        Assert.True(sketch.IsExact);
        Assert.False(sketch.IsCollapsed);
        Assert.Equal(0, sketch.CollapsedBelow);
        Assert.InRange(sketch.SizeInBytes, 1, 300);
    }

    [Fact]
    public void NaN_and_infinities_are_refused_and_counted_in_both_forms()
    {
        var sketch = new QuantileSketch();
        for (var round = 1; round <= 100; round++)
        {
            sketch.Add(double.NaN);
            sketch.Add(double.PositiveInfinity);
            sketch.Add(double.NegativeInfinity, 3);
            sketch.Add(round);
            Assert.Equal(round * 5, sketch.Refused);
            Assert.Equal(round, sketch.Count);
        }

        Assert.Equal(1, sketch.Min);
        Assert.Equal(100, sketch.Max);
        SampleData.AssertWithin(50, sketch.Quantile(0.5), 0.01);
        sketch.Clear();
        Assert.Equal(0, sketch.Refused);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void Zeros_of_either_sign_and_subnormals_are_zero(int times)
    {
        var sketch = new QuantileSketch();
        sketch.Add(-0.0, times);
        sketch.Add(double.Epsilon, times);
        sketch.Add(-double.Epsilon, times);
        Assert.Equal(3 * times, sketch.Count);
        foreach (var value in new[] { sketch.Min, sketch.Max, sketch.Quantile(0), sketch.Quantile(0.5), sketch.Quantile(1) })
        {
            Assert.Equal(0L, BitConverter.DoubleToInt64Bits(value));
        }
    }

    [Fact]
    public void Counts_are_as_good_as_repetition()
    {
        var repeated = new QuantileSketch();
        var counted = new QuantileSketch();
        foreach (var (value, count) in new[] { (3.0, 40), (-7.5, 30), (0.0, 5), (1e6, 1000), (3.0, 0) })
        {
            counted.Add(value, count);
            for (var i = 0; i < count; i++)
            {
                repeated.Add(value);
            }
        }

        SketchContent.AssertSame(repeated, counted);
        counted.Add(5, 1L << 60);
        SampleData.AssertWithin(5, counted.Quantile(0.5), 0.01);
        Assert.Throws<OverflowException>(() => counted.Add(5, long.MaxValue));
        Assert.Throws<OverflowException>(() => repeated.Merge(Full()));
        Assert.Equal(1075, repeated.Count);

        static QuantileSketch Full()
        {
            var full = new QuantileSketch();
            full.Add(1, long.MaxValue);
            return full;
        }
    }

    [Fact]
    public void Quantiles_in_any_order_and_in_their_own_memory()
    {
        var sketch = SampleData.Fill(new QuantileSketch(), SampleData.Get("mixed signs"));
        double[] fractions = [0.99, 0.5, 0.5, 0, 1, 0.25, 0.9, 0.01];
        var expected = fractions.Select(sketch.Quantile).ToArray();
        sketch.Quantiles(fractions, fractions);
        Assert.Equal(expected, fractions);
        sketch.Quantiles([], []);
    }

    [Fact]
    public void Clear_begins_anew_and_keeps_the_arrays()
    {
        var sketch = SampleData.Fill(new QuantileSketch(0.01, 1024), SampleData.Get("alternating tiny and huge"));
        Assert.True(sketch.IsCollapsed);
        var size = sketch.SizeInBytes;
        sketch.Clear();
        Assert.Equal(size, sketch.SizeInBytes);
        Assert.True(sketch.IsExact);
        Assert.False(sketch.IsCollapsed);
        sketch.Add(5);
        SketchContent.AssertSame(SampleData.Fill(new QuantileSketch(0.01, 1024), [5]), sketch);
        var values = SampleData.Get("uniform")[..500];
        sketch.Clear();
        SketchContent.AssertSame(SampleData.Fill(new QuantileSketch(0.01, 1024), values), SampleData.Fill(sketch, values));
    }

    [Theory]
    [InlineData("uniform", 20)]
    [InlineData("mixed signs", 1000)]
    [InlineData("alternating signs of tiny and huge", 1000)]
    public void Clones_are_equal_and_independent(string distribution, int count)
    {
        var sketch = SampleData.Fill(new QuantileSketch(), SampleData.Get(distribution)[..count]);
        sketch.Add(double.NaN);
        var clone = sketch.Clone();
        SketchContent.AssertSame(sketch, clone);
        clone.Add(1e12, 100);
        Assert.Equal(count, sketch.Count);
        sketch.CopyTo(clone);
        SketchContent.AssertSame(sketch, clone);
        sketch.CopyTo(sketch);
        SketchContent.AssertSame(clone, sketch);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(40)]
    [InlineData(1000)]
    public void Itself_merged_doubles_and_subtracted_empties(int count)
    {
        var values = SampleData.Get("mixed signs")[..count];
        var sketch = SampleData.Fill(new QuantileSketch(), values);
        sketch.Merge(sketch);
        SketchContent.AssertSame(SampleData.Fill(new QuantileSketch(), [.. values, .. values]), sketch);
        Assert.True(sketch.Subtract(sketch));
        SketchContent.AssertSame(new QuantileSketch(), sketch);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void Subtracting_what_is_not_there_is_refused_and_changes_nothing(int times)
    {
        var sketch = new QuantileSketch();
        sketch.Add(1, times);
        sketch.Add(-2, times);
        sketch.Add(0, times);
        sketch.Add(3, times);
        var before = sketch.Clone();
        foreach (var (value, count) in new[] { (1, times + 1), (5, 1), (-1, 1), (2, 1), (0, times + 1), (1e300, 1), (1e-300, 1), (1.0, (10 * times) + 100), (double.NaN, 1) })
        {
            var other = new QuantileSketch();
            other.Add(3, 1);
            other.Add(value, count);
            Assert.False(sketch.Subtract(other));
            SketchContent.AssertSame(before, sketch);
        }
    }

    [Fact]
    public void An_exact_sketch_takes_out_a_larger_one_that_shrank()
    {
        var shrunk = new QuantileSketch();
        var gone = new QuantileSketch();
        gone.Add(9, 100);
        shrunk.Merge(gone);
        shrunk.Add(2, 3);
        Assert.True(shrunk.Subtract(gone));
        Assert.False(shrunk.IsExact);
        var sketch = SampleData.Fill(new QuantileSketch(), [2, 2, 7, 5]);
        Assert.False(sketch.Subtract(shrunk));
        Assert.True(sketch.IsExact);
        Assert.Equal(5, sketch.Quantile(0.75));
        sketch.Add(2);
        Assert.True(sketch.Subtract(shrunk));
        Assert.Equal(2, sketch.Count);
        SampleData.AssertWithin(5, sketch.Quantile(0.5), 0.01);
        SampleData.AssertWithin(5, sketch.Min, 0.01);
        SampleData.AssertWithin(7, sketch.Max, 0.01);
    }

    [Fact]
    public void The_extremes_after_subtraction_are_within_the_accuracy()
    {
        var values = SampleData.Get("mixed signs");
        var window = new QuantileSketch(0.01, 65536);
        var panes = values.Chunk(100).Select(pane => SampleData.Fill(new QuantileSketch(0.01, 65536), pane)).ToArray();
        for (var i = 0; i < panes.Length; i++)
        {
            window.Merge(panes[i]);
            if (i >= 10)
            {
                Assert.True(window.Subtract(panes[i - 10]));
            }

            var content = values[(Math.Max(0, i - 9) * 100)..((i + 1) * 100)];
            Assert.Equal(content.Length, window.Count);
            SampleData.AssertWithin(content.Min(), window.Min, 0.01);
            SampleData.AssertWithin(content.Max(), window.Max, 0.01);
            SampleData.AssertWithin(content.Order().ElementAt(content.Length / 2 - 1), window.Quantile(0.5), 0.01);
        }
    }

    [Fact]
    public void A_value_beyond_an_estimated_extreme_is_the_extreme_exactly()
    {
        var gone = SampleData.Fill(new QuantileSketch(), [1, 100]);
        var sketch = SampleData.Fill(new QuantileSketch(), Enumerable.Range(0, 100).Select(i => 10.0 + (0.1 * i)));
        sketch.Merge(gone);
        Assert.True(sketch.Subtract(gone));
        SampleData.AssertWithin(10, sketch.Min, 0.01);
        SampleData.AssertWithin(19.9, sketch.Max, 0.01);

        sketch.Add(0.5);
        sketch.Merge(SampleData.Fill(new QuantileSketch(), [200.25]));
        Assert.Equal(0.5, sketch.Min);
        Assert.Equal(200.25, sketch.Max);
    }

    [Fact]
    public void The_extremes_stay_in_order_when_one_is_an_estimate()
    {
        for (var low = 1.0; low < 1.05; low *= 1.0003)
        {
            var sketch = new QuantileSketch();
            sketch.Add(low, 100);
            sketch.Add(low * 1.0002, 100);
            var lowest = new QuantileSketch();
            lowest.Add(low, 10);
            Assert.True(sketch.Subtract(lowest));
            Assert.InRange(sketch.Quantile(0.5), sketch.Min, sketch.Max);
        }
    }
}
