using ReactiveLink.Tool.Listening;

namespace ReactiveLink.Tool.Tests.Listening;

public sealed class SummaryTextTests
{
    [Theory]
    [InlineData(0, "00:00:00")]
    [InlineData(3_599.9, "00:59:59")]
    [InlineData(90_061, "25:01:01")]
    [InlineData(400_000, "111:06:40")]
    public void A_time_has_hours_beyond_a_day(double seconds, string expected) => Assert.Equal(expected, SummaryText.Time(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(4.4, "4 s")]
    [InlineData(99, "99 s")]
    [InlineData(120, "2 min")]
    [InlineData(7_200, "2 h")]
    public void An_age_is_told_in_one_unit(double seconds, string expected) => Assert.Equal(expected, SummaryText.Age(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.26, "0.3")]
    [InlineData(10.4, "10")]
    [InlineData(12_345.6, "12,346")]
    public void A_small_rate_has_a_decimal(double rate, string expected) => Assert.Equal(expected, SummaryText.Rate(rate));
}
