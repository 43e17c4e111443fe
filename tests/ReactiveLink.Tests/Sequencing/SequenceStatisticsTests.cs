using ReactiveLink.Sequencing;

namespace ReactiveLink.Tests.Sequencing;

public sealed class SequenceStatisticsTests
{
    [Fact]
    public void Duplicates_are_no_part_of_what_was_expected()
    {
        var statistics = new SequenceStatistics(InOrder: 90, Gaps: 5, Lost: 10, Duplicates: 40, Late: 3, Restarts: 2);

        Assert.Equal(140, statistics.Received);
        Assert.Equal(110, statistics.Expected);
    }

    [Fact]
    public void Loss_in_an_interval_is_rfc3550_appendix_A3()
    {
        var before = new SequenceStatistics(InOrder: 100, Gaps: 0, Lost: 0, Duplicates: 0, Late: 0, Restarts: 0);
        var after = new SequenceStatistics(InOrder: 170, Gaps: 5, Lost: 25, Duplicates: 9, Late: 0, Restarts: 0);

        var loss = after.LossSince(before);

        Assert.Equal(new SequenceLoss(Expected: 100, Lost: 25), loss);
        Assert.Equal(0.25, loss.Fraction);
        Assert.Equal(64, loss.FractionLost);
        Assert.Equal(25 / 200.0, after.LossSince(default).Fraction);
    }

    [Fact]
    public void An_interval_in_which_more_came_late_than_was_lost_has_no_loss()
    {
        Assert.Equal(0, new SequenceLoss(10, -3).Fraction);
        Assert.Equal(0, new SequenceLoss(10, -3).FractionLost);
        Assert.Equal(0, new SequenceLoss(0, 0).Fraction);
        Assert.Equal(255, new SequenceLoss(10, 10).FractionLost);
    }

    /// <summary>
    /// RFC 3550 6.4.1 by hand: items sent each 20 ms arrive after 20, 25, 20, 60, 20 ms. Differences of transit are 5, 5, 40, 40 ms, so J is
    /// 5/16 = 0.3125, then + (5 - 0.3125)/16 = 0.60546875, then + (40 - J)/16 = 3.067626953125, then + (40 - J)/16 = 5.3759002685546875.
    /// </summary>
    [Fact]
    public void Jitter_is_rfc3550_section_6_4_1()
    {
        double[] expected = [0, 0.3125, 0.60546875, 3.067626953125, 5.3759002685546875];
        long[] transit = [20, 25, 20, 60, 20];
        var timed = new JitterEstimator();
        var rtp = new JitterEstimator();
        for (var i = 0; i < transit.Length; i++)
        {
            var arrival = TimeSpan.FromMilliseconds((20 * i) + transit[i]).Ticks;
            timed.Observe(arrival, TimeSpan.FromMilliseconds(20 * i).Ticks);
            rtp.Observe(arrival, unchecked(uint.MaxValue - 200 + (uint)(160 * i)), clockRate: 8000);
            Assert.Equal(expected[i], timed.Ticks / TimeSpan.TicksPerMillisecond, 9);
            Assert.Equal(expected[i], rtp.Ticks / TimeSpan.TicksPerMillisecond, 9);
        }
    }

    [Theory]
    [InlineData(3652 * TimeSpan.TicksPerDay)]
    [InlineData(-3652 * TimeSpan.TicksPerDay)]
    [InlineData(TimeSpan.TicksPerMinute + 11)]
    public void A_clock_of_the_sender_that_is_set_does_not_count_for_jitter(long step)
    {
        var jitter = new JitterEstimator();
        jitter.Observe(0, 0);
        jitter.Observe(110, 100);
        var before = jitter.Ticks;
        jitter.Observe(200, 200 + step);
        Assert.Equal(before, jitter.Ticks);
        jitter.Observe(300, 300 + step);
        Assert.Equal(before * 15 / 16, jitter.Ticks, 9);
    }

    [Fact]
    public void A_minute_longer_under_way_still_counts_for_jitter()
    {
        var jitter = new JitterEstimator();
        jitter.Observe(0, 0);
        jitter.Observe(TimeSpan.TicksPerMinute, 0);
        Assert.Equal(TimeSpan.TicksPerMinute / 16.0, jitter.Ticks);
    }

    [Fact]
    public void After_a_restart_of_the_senders_clock_the_jitter_goes_on_as_it_was()
    {
        var jitter = new JitterEstimator();
        jitter.Observe(0, 0);
        jitter.Observe(110, 100);
        var before = jitter.Ticks;

        jitter.Restart();
        jitter.Observe(200, 1_000_000_000);
        Assert.Equal(before, jitter.Ticks);
        jitter.Observe(300, 1_000_000_100);
        Assert.Equal(before * 15 / 16, jitter.Ticks, 9);
    }
}
