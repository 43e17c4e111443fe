using ReactiveLink.Tool.Listening;

namespace ReactiveLink.Tool.Tests.Listening;

public sealed class RateMeterTests
{
    private readonly RateMeter _meter = new();

    [Fact]
    public void The_first_look_tells_nothing() => Assert.Equal(0, Look(0, 7));

    [Fact]
    public void A_rate_is_over_the_last_second()
    {
        for (var i = 0; i <= 8; i++)
        {
            Look(i * 0.25, i * 25);
        }

        Assert.Equal(100, Look(2.25, 225), 1e-9);
        Assert.Equal(75, Look(2.5, 225), 1e-9);
        Assert.Equal(0, Look(3.5, 225), 1e-9);
    }

    [Fact]
    public void A_long_pause_counts_as_long_as_it_was()
    {
        Look(0, 0);

        Assert.Equal(10, Look(10, 100), 1e-9);
    }

    private double Look(double seconds, long count) => _meter.Look(TimeSpan.FromSeconds(seconds), count);
}
