using ReactiveLink.Simulation.Scenarios;

namespace ReactiveLink.Simulation.Tests;

/// <summary>What a campaign says when a seed fails.</summary>
public sealed class CampaignTests
{
    private readonly StringWriter _output = new();

    [Fact]
    public void A_seed_that_fails_is_told_with_the_command_that_shows_it_in_its_smallest_form()
    {
        // It fails with loss and jitter together.
        var holds = Run(10, (seed, parts) => Result(seed == 7 && parts.HasFlag(Parts.Loss | Parts.Jitter) ? "of 2, should be 3" : null));

        Assert.False(holds);
        Assert.Contains("FAILED: seed 7", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("should be 3", _output.ToString(), StringComparison.Ordinal);
        var left = Enum.GetNames<Parts>().Except(["None", "All", "Loss", "Jitter"]).Select(name => name.ToLowerInvariant());
        Assert.Contains(
            $"dotnet run -c Release --project tests/ReactiveLink.Simulation -- --seeds 1 --first 7 --without {string.Join(',', left)}",
            _output.ToString(),
            StringComparison.Ordinal);
        Assert.True(CampaignOptions.TryMake(1, 7, null, string.Join(',', left), 1, out var options, out _));
        Assert.Equal(Parts.Loss | Parts.Jitter, options.Parts);
    }

    [Fact]
    public void A_seed_that_does_not_do_the_same_again_fails()
    {
        var digest = 0UL;

        var holds = Run(32, (_, _) => Result(null, digest: Interlocked.Increment(ref digest)));

        Assert.False(holds);
        Assert.Contains("the same seed does the same", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_holds_is_told_with_its_totals()
    {
        Assert.True(Run(32, (_, _) => Result(null)));

        Assert.StartsWith("seeds: 32, 2 of them twice", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1, null, "", "--seeds")]
    [InlineData(1, 0, null, "", "--threads")]
    [InlineData(1, 1, 0.0, "", "--minutes")]
    [InlineData(1, 1, null, "loss,rain", "rain")]
    [InlineData(1, 1, null, "all", "all")]
    public void Options_that_are_wrong_are_refused(long seeds, int threads, double? minutes, string without, string names)
    {
        Assert.False(CampaignOptions.TryMake(seeds, 1, minutes, without, threads, out _, out var error));
        Assert.Contains(names, error, StringComparison.Ordinal);
    }

    private bool Run(long seeds, Func<ulong, Parts, RunResult> run) => new Campaign(new CampaignOptions(seeds, 1, null, Parts.All, 1), _output, run).Run();

    private static RunResult Result(string? violation, ulong digest = 1) =>
        new(digest, violation is null ? [] : [new Violation("rule", "link", violation, TimeSpan.Zero)], new RunCounts());
}
