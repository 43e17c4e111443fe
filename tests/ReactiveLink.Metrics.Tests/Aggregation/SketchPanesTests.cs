using ReactiveLink.Metrics.Tests.Quantiles;
using ReactiveLink.Metrics.Windows;

namespace ReactiveLink.Metrics.Tests.Windows;

public sealed class SketchPanesTests
{
    private const int Streams = 200;
    private static readonly double[] Fractions = [0.5, 0.9, 0.95, 0.99];

    [Fact]
    public void Equals_a_sketch_of_the_values_themselves_after_every_pane()
    {
        var options = WindowOptions.Default with { MaximumSketchBytes = 1 << 20 };
        Slide(options, scale: 8, (window, values, most, _) =>
        {
            Assert.Equal(values.Length, window.Count);
            SketchContent.AssertSameBuckets(SampleData.Fill(new QuantileSketch(0.01, 1 << 20), values), window);
            if (values.Length == 0)
            {
                Assert.Equal(double.NaN, window.Min);
                return;
            }

            SampleData.AssertWithin(values.Min(), window.Min, 0.01);
            SampleData.AssertWithin(values.Max(), window.Max, 0.01);
            if (most <= 64)
            {
                Assert.True(window.IsExact);
                Assert.Equal(SampleData.NearestRank([.. values.Order()], 0.9), window.Quantile(0.9));
            }
        });
    }

    [Fact]
    public void Percentiles_are_the_same_with_hints_as_without()
    {
        Slide(WindowOptions.Default, scale: 3, (window, _, _, hinted) =>
        {
            var plain = new double[Fractions.Length];
            window.Quantiles(Fractions, plain);
            Assert.Equal(plain, hinted);
        });
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(2048)]
    public void What_does_not_collapse_keeps_its_bound(int bytes)
    {
        bool collapsed = false;
        bool fine = false;
        Slide(WindowOptions.Default with { MaximumSketchBytes = bytes }, scale: 20, (window, values, _, hinted) =>
        {
            Assert.Equal(values.Length, window.Count);
            collapsed |= window.IsCollapsed;
            double[] sorted = [.. values.Order()];
            for (int i = 0; i < Fractions.Length && sorted.Length > 0; i++)
            {
                double expected = SampleData.NearestRank(sorted, Fractions[i]);
                if (Math.Abs(expected) >= window.CollapsedBelow * 1.03)
                {
                    fine |= window.IsCollapsed;
                    SampleData.AssertWithin(expected, hinted[i], 0.01);
                }
            }
        });
        Assert.True(collapsed && fine);
    }

    [Theory]
    [InlineData(0.0001)]
    [InlineData(0.01)]
    [InlineData(0.5)]
    public void Codes_of_many_values_are_those_of_each(double accuracy)
    {
        var sketch = new QuantileSketch(accuracy);
        double[] edges = [0, -0.0, double.Epsilon, -1e-310, 2.2250738585072014e-308, -2.2250738585072014e-308, double.MaxValue, double.MinValue, 1, -1];
        double[] values = [.. SampleData.Names.SelectMany(name => SampleData.Get(name).Take(2000)), .. edges];
        var expected = values.Select(sketch.CodeOf).ToArray();
        Assert.Contains(0, expected);
        for (int length = 0; length < 12; length++)
        {
            var few = new int[length];
            sketch.CodesOf(values.AsSpan(values.Length - length), few);
            Assert.Equal(expected[^length..], few);
        }

        var codes = new int[values.Length];
        sketch.CodesOf(values, codes);
        Assert.Equal(expected, codes);
    }

    [Fact]
    public void Many_panes_of_few_values_allocate_nothing_once_all_have_had_some()
    {
        const int Panes = 600;
        var panes = new SketchPanes(Panes + 1, WindowOptions.Default);
        var random = new Random(3);
        var results = new double[Fractions.Length];
        int closed = 0;
        Run(3 * Panes);
        Assert.Equal(0, Allocated.By(() => Run(5 * Panes)));

        void Run(int count)
        {
            for (int pane = 0; pane < count; pane++)
            {
                for (int i = random.Next(70, 120); i > 0; i--)
                {
                    panes.Add(Math.Exp(4 * random.NextDouble()));
                }

                panes.Close();
                if (++closed > Panes)
                {
                    panes.Evict();
                }

                panes.Window.Read(Fractions, results, panes.Hints);
            }
        }
    }

    [Fact]
    public void Cleared_it_starts_anew()
    {
        var panes = new SketchPanes(4, WindowOptions.Default);
        foreach (int count in new[] { 100, 300, 20 })
        {
            for (int i = 0; i < count; i++)
            {
                panes.Add(i);
            }

            if (count != 20)
            {
                panes.Close();
            }
        }

        panes.Clear();
        panes.Add(5);
        panes.Close();
        Assert.True(panes.Window.IsExact);
        Assert.Equal(1, panes.Window.Count);
        Assert.Equal(5, panes.Window.Quantile(0.5));
    }

    // Gives the window's sketch, its values, the most that it held since it was last empty, and the percentiles read with hints.
    private static void Slide(WindowOptions options, double scale, Action<QuantileSketch, double[], int, double[]> check)
    {
        for (int seed = 0; seed < Streams; seed++)
        {
            var random = new Random(seed);
            int length = random.Next(1, 7);
            int largest = random.Next(4) switch { 0 => 6, 1 => 60, 2 => 260, _ => 600 };
            var panes = new SketchPanes(length + 1, options);
            var model = new Queue<double[]>();
            var hinted = new double[Fractions.Length];
            int most = 0;
            for (int pane = 0; pane < 12; pane++)
            {
                double magnitude = scale * random.NextDouble();
                var values = new double[random.Next(5) == 0 ? 0 : random.Next(largest + 1)];
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = random.Next(20) == 0 ? 0 : Math.Exp(magnitude * (random.NextDouble() - 0.2)) * (random.Next(4) == 0 ? -1 : 1);
                    panes.Add(values[i]);
                }

                model.Enqueue(values);
                panes.Close();
                Check();
                if (model.Count == length)
                {
                    panes.Evict();
                    model.Dequeue();
                    Check();
                }
            }

            void Check()
            {
                double[] held = [.. model.SelectMany(values => values)];
                most = held.Length == 0 ? 0 : Math.Max(most, held.Length);
                panes.Window.Read(Fractions, hinted, panes.Hints);
                check(panes.Window, held, most, hinted);
            }
        }
    }
}
