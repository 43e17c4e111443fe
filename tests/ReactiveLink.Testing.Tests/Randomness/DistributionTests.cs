namespace ReactiveLink.Testing.Tests.Randomness;

public sealed class DistributionTests
{
    private const int Samples = 100_000;

    private static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);

    private static (double Mean, double Deviation, double Min, double Max) Measure(Distribution distribution)
    {
        var random = new SeededRandom(7);
        var values = Enumerable.Range(0, Samples).Select(_ => distribution.Sample(random).TotalMilliseconds).ToList();
        var mean = values.Average();
        return (mean, Math.Sqrt(values.Average(v => (v - mean) * (v - mean))), values.Min(), values.Max());
    }

    [Fact]
    public void Constant() => Assert.Equal((5, 0, 5, 5), Measure(Distribution.Constant(Ms(5))));

    [Fact]
    public void Uniform()
    {
        var (mean, deviation, min, max) = Measure(Distribution.Uniform(Ms(10), Ms(30)));
        Assert.Equal(20, mean, 0.1);
        Assert.Equal(20 / Math.Sqrt(12), deviation, 0.1);
        Assert.InRange(min, 10, 10.01);
        Assert.InRange(max, 29.99, 30);
        var random = new SeededRandom(1);
        var ticks = Enumerable.Range(0, 1000).Select(_ => Distribution.Uniform(TimeSpan.FromTicks(3), TimeSpan.FromTicks(5)).Sample(random).Ticks);
        Assert.Equal([3, 4, 5], ticks.Distinct().Order());
    }

    [Fact]
    public void Normal()
    {
        var (mean, deviation, _, _) = Measure(Distribution.Normal(Ms(100), Ms(10)));
        Assert.Equal(100, mean, 0.2);
        Assert.Equal(10, deviation, 0.2);
        Assert.Equal(0, Measure(Distribution.Normal(Ms(1), Ms(10))).Min);
    }

    [Fact]
    public void Exponential()
    {
        var (mean, deviation, _, _) = Measure(Distribution.Exponential(Ms(20)));
        Assert.Equal(20, mean, 0.4);
        Assert.Equal(20, deviation, 0.4);
    }

    [Fact]
    public void Pareto()
    {
        var (mean, _, min, max) = Measure(Distribution.Pareto(Ms(10), 3, Ms(1000)));
        Assert.Equal(15, mean, 0.2);
        Assert.InRange(min, 10, 10.01);
        Assert.InRange(max, 100, 1000);
        Assert.Equal(12, Measure(Distribution.Pareto(Ms(10), 3, Ms(12))).Max);
    }

    [Fact]
    public void From_a_function_is_held_in_bounds()
    {
        var random = new SeededRandom(1);
        Assert.Equal(TimeSpan.Zero, Distribution.From(_ => Ms(-1)).Sample(random));
        Assert.Equal(TimeSpan.FromDays(1000), Distribution.From(_ => TimeSpan.MaxValue).Sample(random));
    }

    [Fact]
    public void ArgumentChecking()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Distribution.Constant(Ms(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Distribution.Uniform(Ms(2), Ms(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Distribution.Normal(Ms(1), Ms(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Distribution.Exponential(Ms(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Distribution.Pareto(Ms(0), 1, Ms(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Distribution.Pareto(Ms(1), double.NaN, Ms(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Distribution.Pareto(Ms(2), 1, Ms(1)));
        Assert.Throws<ArgumentNullException>(() => Distribution.From(null!));
        Assert.Throws<ArgumentNullException>(() => Distribution.Constant(Ms(1)).Sample(null!));
    }
}
