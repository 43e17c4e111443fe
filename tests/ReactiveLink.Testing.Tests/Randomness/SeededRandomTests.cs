namespace ReactiveLink.Testing.Tests.Randomness;

public sealed class SeededRandomTests
{
    [Fact]
    public void It_is_SplitMix64()
    {
        // The published generator's first outputs for the seed 0.
        var random = new SeededRandom(0);
        ulong[] published = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F];
        Assert.Equal(published, published.Select(_ => random.NextUInt64()));
    }

    [Fact]
    public void Numbers_are_in_range_and_even()
    {
        var random = new SeededRandom(42);
        var counts = new int[6];
        for (var i = 0; i < 60_000; i++)
        {
            counts[random.NextInt32(6)]++;
            Assert.InRange(random.NextDouble(), 0, 1 - 1e-16);
        }

        // Four standard deviations of 10,000 ± 91.
        Assert.All(counts, count => Assert.InRange(count, 9635, 10_365));
        Assert.Equal(0, random.NextInt32(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextInt32(0));
    }

    [Fact]
    public void Parts_have_seeds_of_their_own()
    {
        var seeds = Enumerable.Range(0, 1000).Select(i => SeededRandom.Derive(1, (ulong)i))
            .Concat(Enumerable.Range(0, 1000).Select(i => SeededRandom.Derive(1, $"host{i}")))
            .Concat(Enumerable.Range(2, 1000).Select(i => SeededRandom.Derive((ulong)i, "host1")));
        Assert.Equal(3000, seeds.Distinct().Count());
        Assert.NotEqual(SeededRandom.Derive(SeededRandom.Derive(1, "a"), "b"), SeededRandom.Derive(SeededRandom.Derive(1, "b"), "a"));
    }
}
