using System.Text;
using ReactiveLink.Links;

namespace ReactiveLink.Tests.Links;

/// <summary>The parts behind round trips and clocks, by themselves.</summary>
public sealed class PeerClockTests
{
    private const long Millisecond = TimeSpan.TicksPerMillisecond;

    [Fact]
    public void The_shortest_round_trip_of_the_last_eight_counts()
    {
        var filter = new ClockFilter();
        Assert.True(filter.IsEmpty);

        // Three, then one that is shorter, then nine longer ones: it counts until it is the ninth.
        foreach (var (roundTrip, best) in new[] { (50, 50), (70, 50), (60, 50), (20, 20), (90, 20), (91, 20), (92, 20), (93, 20), (94, 20), (95, 20), (96, 20), (97, 90), (98, 91) })
        {
            Assert.False(filter.Add(Sample(roundTrip, roundTrip / 4)));
            Assert.Equal(best * Millisecond, filter.Best.RoundTrip);
            Assert.Equal(roundTrip * Millisecond, filter.Last.RoundTrip);
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(-100)]
    [InlineData(315_360_000_000)]
    [InlineData(-315_360_000_000)]
    public void Measurements_that_cannot_both_be_right_mean_that_a_clock_was_set(long milliseconds)
    {
        var filter = new ClockFilter();
        filter.Add(Sample(20, 5));
        filter.Add(Sample(30, 5));

        Assert.True(filter.Add(Sample(40, 5 + milliseconds)));

        // The shorter ones before it are no longer believed.
        Assert.Equal((40 * Millisecond, (5 + milliseconds) * Millisecond), (filter.Best.RoundTrip, filter.Best.Offset));
    }

    [Fact]
    public void What_a_longer_round_trip_may_be_off_by_is_no_step()
    {
        var filter = new ClockFilter();
        filter.Add(Sample(20, 0));

        Assert.False(filter.Add(Sample(500, 260)));
        Assert.True(filter.Add(Sample(500, 262)));
    }

    [Fact]
    public void Clocks_may_drift_between_two_measurements()
    {
        var filter = new ClockFilter();
        filter.Add(Sample(0, 0));

        // 500 parts per million of 100 s, and the millisecond of rounding.
        Assert.False(filter.Add(Sample(0, 51, at: 100_000)));
        Assert.True(filter.Add(Sample(0, 154, at: 200_000)));
    }

    [Fact]
    public void Extreme_offsets_are_compared_without_overflow()
    {
        var filter = new ClockFilter();
        filter.Add(new ClockFilter.Sample(0, long.MinValue + 1, 0));

        Assert.True(filter.Add(new ClockFilter.Sample(0, long.MaxValue, 0)));
    }

    [Fact]
    public void A_line_needs_three_points_at_different_times()
    {
        var line = new DelayLine();
        line.Add(1, 5);
        line.Add(1, 6);
        Assert.Null(line.Slope);
        line.Add(1, 7);
        Assert.Null(line.Slope);
        line.Add(3, 7);
        Assert.NotNull(line.Slope);
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(0)]
    [InlineData(-0.1)]
    public void A_line_has_the_slope_of_its_points_however_far_the_clocks_are_apart(double slope)
    {
        const long Apart = 630_000_000_000_000_000;
        var line = new DelayLine();
        for (var i = 0; i < 20; i++)
        {
            line.Add(Apart + (i * TimeSpan.TicksPerSecond), -Apart + (long)(i * TimeSpan.TicksPerSecond * slope) + (i % 2 * 10));
        }

        Assert.Equal(slope, line.Slope!.Value, tolerance: 1e-5);
    }

    [Fact]
    public void A_line_begins_anew_where_a_clock_was_set()
    {
        var line = new DelayLine();
        for (var i = 0; i < 8; i++)
        {
            line.Add(i * TimeSpan.TicksPerSecond, i < 5 ? 0 : TimeSpan.TicksPerDay);
        }

        Assert.Equal(0, line.Slope);
        line.Add(8 * TimeSpan.TicksPerSecond, -TimeSpan.TicksPerDay);
        Assert.Null(line.Slope);
    }

    [Fact]
    public void An_answer_is_taken_once_and_none_after_a_later_one()
    {
        var clock = new PeerClock();

        Assert.True(clock.TryTakeAnswer(5));
        Assert.False(clock.TryTakeAnswer(5));
        Assert.False(clock.TryTakeAnswer(4));
        Assert.True(clock.TryTakeAnswer(7));
    }

    [Theory]
    [InlineData("""{"request":17}""", true, 17ul, false, 0.0)]
    [InlineData("""{"reply":18446744073709551615,"held":0.5}""", true, ulong.MaxValue, true, 0.5)]
    [InlineData("""{"more":[{"request":1}],"held":-1e300,"reply":2}""", true, 2ul, true, -1e300)]
    [InlineData("""{"request":1,"request":2}""", true, 2ul, false, 0.0)]
    [InlineData("""{"reply":2}""", false, 0ul, false, 0.0)]
    [InlineData("""{"request":1,"reply":2,"held":0}""", false, 0ul, false, 0.0)]
    [InlineData("""{"request":"1"}""", false, 0ul, false, 0.0)]
    [InlineData("""{"request":-1}""", false, 0ul, false, 0.0)]
    [InlineData("""{"request":1.5}""", false, 0ul, false, 0.0)]
    [InlineData("""{"request":18446744073709551616}""", false, 0ul, false, 0.0)]
    [InlineData("""{"reply":1,"held":null}""", false, 0ul, false, 0.0)]
    [InlineData("""{}""", false, 0ul, false, 0.0)]
    [InlineData("null", false, 0ul, false, 0.0)]
    [InlineData("""{"hel\ud800per":[{}],"request":1}""", false, 0ul, false, 0.0)]
    [InlineData("[1]", false, 0ul, false, 0.0)]
    [InlineData("", false, 0ul, false, 0.0)]
    [InlineData("{\"request\":", false, 0ul, false, 0.0)]
    public void Heartbeats_are_told_from_whatever_else_comes(string json, bool isOne, ulong number, bool isReply, double held)
    {
        Assert.Equal(isOne, HeartbeatData.TryRead(Encoding.UTF8.GetBytes(json), out var data));
        Assert.Equal(isOne ? new HeartbeatData(number, isReply, held) : default, data);
    }

    [Fact]
    public void Heartbeats_are_written_as_they_are_documented()
    {
        Assert.Equal("""{"request":17}""", Encoding.ASCII.GetString(new HeartbeatData(17, IsReply: false, 0).Write()));
        Assert.Equal("""{"reply":17,"held":0.0000125}""", Encoding.ASCII.GetString(new HeartbeatData(17, IsReply: true, 12.5e-6).Write()));
    }

    private static ClockFilter.Sample Sample(long roundTrip, long offset, long at = 0) => new(roundTrip * Millisecond, offset * Millisecond, at * Millisecond);
}
