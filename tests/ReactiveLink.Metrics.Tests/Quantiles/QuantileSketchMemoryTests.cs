namespace ReactiveLink.Metrics.Tests.Quantiles;

/// <summary>The bound on memory, what a collapse leaves, and that nothing is allocated in steady state.</summary>
public sealed class QuantileSketchMemoryTests
{
    public static TheoryData<string> Distributions => new(SampleData.Names);

    [Theory]
    [MemberData(nameof(Distributions))]
    public void The_size_stays_within_the_bytes_given(string distribution)
    {
        var values = SampleData.Get(distribution);
        foreach (var bytes in new[] { 1024, 1025, 2048, 8192, 65536 })
        {
            var sketch = new QuantileSketch(0.01, bytes);
            var largest = 0;
            foreach (var value in values)
            {
                sketch.Add(value);
                largest = Math.Max(largest, sketch.SizeInBytes);
            }

            Assert.InRange(largest, 0, bytes);
            Assert.Equal(values.Length, sketch.Count);
        }
    }

    [Fact]
    public void The_size_told_is_what_the_runtime_allocates()
    {
        var sketches = new QuantileSketch[100];
        var told = 0L;
        var allocated = Allocated.By(() =>
        {
            told = 0;
            for (var i = 0; i < sketches.Length; i++)
            {
                // Grown at once to what it needs, so that no outgrown array is in the figure.
                sketches[i] = new QuantileSketch();
                sketches[i].Add(3, 65);
                told += sketches[i].SizeInBytes;
            }
        });
        Assert.InRange(allocated, told * 0.7, told);
    }

    [Theory]
    [InlineData("powers of two")]
    [InlineData("alternating tiny and huge")]
    [InlineData("alternating signs of tiny and huge")]
    [InlineData("growing by two percent")]
    [InlineData("one outlier at the end")]
    [InlineData("Pareto")]
    [InlineData("mixed signs")]
    public void Collapsed_magnitudes_are_bounded_by_the_threshold_and_the_others_keep_the_bound(string distribution)
    {
        var values = SampleData.Get(distribution);
        var sketch = SampleData.Fill(new QuantileSketch(0.01, 1200), values);
        Assert.True(sketch.IsCollapsed);
        Assert.InRange(sketch.CollapsedBelow, double.Epsilon, double.MaxValue);
        Array.Sort(values);
        for (var i = 0; i <= 1000; i++)
        {
            var expected = SampleData.NearestRank(values, i / 1000.0);
            var actual = sketch.Quantile(i / 1000.0);
            if (Math.Abs(expected) >= sketch.CollapsedBelow * (1 + 1e-9))
            {
                SampleData.AssertWithin(expected, actual, 0.01);
            }
            else
            {
                Assert.InRange(Math.Abs(actual), 0, sketch.CollapsedBelow * 1.0102);
                Assert.True(actual * expected >= 0, "The sign is kept.");
            }
        }
    }

    [Fact]
    public void Eight_decades_fit_in_the_default_bytes()
    {
        var sketch = new QuantileSketch();
        for (var value = 1e-6; value <= 100; value *= 1.001)
        {
            sketch.Add(value);
        }

        Assert.False(sketch.IsCollapsed);
        sketch.Add(1e9);
        Assert.True(sketch.IsCollapsed);
    }

    [Fact]
    public void A_collapse_ends_when_what_was_collapsed_is_subtracted()
    {
        var ordinary = SampleData.Fill(new QuantileSketch(0.01, 2048), SampleData.Get("uniform")[..200].Select(x => x + 50));
        var tiny = new QuantileSketch(0.01, 2048);
        tiny.Add(1e-9, 70);
        tiny.Add(-1e-9, 70);
        var before = ordinary.Clone();
        ordinary.Merge(tiny);
        Assert.True(ordinary.IsCollapsed);
        Assert.False(tiny.IsCollapsed);
        Assert.True(ordinary.Subtract(tiny));
        Assert.False(ordinary.IsCollapsed);
        SketchContent.AssertSameBuckets(before, ordinary);
    }

    [Fact]
    public void Spare_room_never_lies_below_the_threshold()
    {
        var window = new QuantileSketch(0.01, 1024);
        var tiny = Of(1e-9, 70);
        var large = Of(1000, 70);
        window.Merge(tiny);
        window.Merge(large);
        Assert.True(window.Subtract(large));
        Assert.True(window.IsCollapsed);
        // The other sign makes the sketch arrange its buckets anew, with room to spare now.
        var negative = Of(-500, 70);
        window.Merge(negative);
        var below = Of(window.CollapsedBelow * 0.95, 1);
        window.Add(window.CollapsedBelow * 0.95);
        Assert.True(window.Subtract(below));
        Assert.True(window.Subtract(tiny));
        Assert.True(window.Subtract(negative));
        SketchContent.AssertSame(new QuantileSketch(0.01, 1024), window);

        static QuantileSketch Of(double value, long count)
        {
            var sketch = new QuantileSketch(0.01, 1024);
            sketch.Add(value, count);
            return sketch;
        }
    }

    [Fact]
    public void Nothing_is_allocated_in_steady_state()
    {
        var values = SampleData.Get("mixed signs");
        var window = new QuantileSketch();
        QuantileSketch[] panes = [new(), new(), new(), new()];
        var fractions = new[] { 0.5, 0.9, 0.95, 0.99 };
        var results = new double[4];
        Round();
        Round();
        Assert.Equal(0, Allocated.By(Round));

        void Round()
        {
            window.Clear();
            for (var i = 0; i < 40; i++)
            {
                var pane = panes[i % 4];
                if (i >= 4 && !window.Subtract(pane))
                {
                    throw new InvalidOperationException("A pane that was merged was not found.");
                }

                pane.Clear();
                // Every third pane is small, so that the exact form takes part.
                for (var j = 0; j < (i % 3 == 0 ? 20 : 500); j++)
                {
                    pane.Add(values[(i * 500) + j]);
                }

                pane.Add(double.NaN);
                window.Merge(pane);
                pane.CopyTo(panes[i % 4]);
                window.Quantiles(fractions, results);
                pane.Quantiles(fractions, results);
            }
        }
    }

    [Fact]
    public void Nothing_is_allocated_while_collapsed()
    {
        var values = SampleData.Get("alternating signs of tiny and huge");
        var sketch = SampleData.Fill(new QuantileSketch(0.01, 1024), values);
        var other = sketch.Clone();
        Assert.True(sketch.Subtract(other));
        Round();
        Assert.Equal(0, Allocated.By(Round));

        void Round()
        {
            sketch.Clear();
            foreach (var value in values)
            {
                sketch.Add(value);
            }

            sketch.Merge(other);
            if (!sketch.Subtract(other))
            {
                throw new InvalidOperationException("What was merged was not found.");
            }
        }
    }
}
