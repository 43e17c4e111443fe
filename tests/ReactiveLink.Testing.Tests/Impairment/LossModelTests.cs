namespace ReactiveLink.Testing.Tests.Impairment;

/// <summary>Rates and bursts over 200,000 items of a fixed seed.</summary>
public sealed class LossModelTests
{
    private const int Items = 200_000;

    private static List<bool> Losses(LossModel model)
    {
        var fates = new FateStream(seed: 99);
        return [.. Enumerable.Range(0, Items).Select(_ =>
        {
            fates.Next(model, out var lost);
            return lost;
        })];
    }

    private static List<int> Bursts(List<bool> losses)
    {
        var bursts = new List<int>();
        var length = 0;
        foreach (var lost in losses.Append(false))
        {
            if (lost)
            {
                length++;
            }
            else if (length > 0)
            {
                bursts.Add(length);
                length = 0;
            }
        }

        return bursts;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.01)]
    [InlineData(0.3)]
    [InlineData(1)]
    public void Random_loss_has_its_rate_and_no_memory(double probability)
    {
        var losses = Losses(LossModel.Random(probability));

        // Five standard deviations.
        Assert.Equal(probability, losses.Count(lost => lost) / (double)Items, 5 * Math.Sqrt(probability * (1 - probability) / Items));
        if (probability is > 0 and < 1)
        {
            Assert.Equal(1 / (1 - probability), Bursts(losses).Average(), 0.05);
        }
    }

    [Fact]
    public void Bursts_have_their_rate_and_length()
    {
        var losses = Losses(LossModel.Burst(enter: 0.01, leave: 0.2));

        Assert.Equal(0.01 / 0.21, losses.Count(lost => lost) / (double)Items, 0.005);
        var bursts = Bursts(losses);
        Assert.Equal(5, bursts.Average(), 0.35);

        // Lengths are geometric: the part of bursts longer than 5 is 0.8 to the power of 5.
        Assert.Equal(Math.Pow(0.8, 5), bursts.Count(length => length > 5) / (double)bursts.Count, 0.04);
    }

    [Fact]
    public void Each_state_of_a_burst_model_has_its_own_loss()
    {
        Assert.Equal((0.75 * 0.25) + (0.1 * 0.75), Losses(LossModel.Burst(0.1, 0.3, lossInBad: 0.75, lossInGood: 0.1)).Count(lost => lost) / (double)Items, 0.01);
        Assert.DoesNotContain(true, Losses(LossModel.Burst(0, 1)));
        Assert.DoesNotContain(false, Losses(LossModel.Burst(1, 0)));
    }

    [Fact]
    public void A_new_model_begins_in_the_good_state()
    {
        var fates = new FateStream(1);
        fates.Next(LossModel.Burst(1, 0), out var first);
        fates.Next(LossModel.Burst(0, 0), out var second);
        Assert.True(first);
        Assert.False(second);
    }

    [Fact]
    public void ArgumentChecking()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => LossModel.Random(1.01));
        Assert.Throws<ArgumentOutOfRangeException>(() => LossModel.Random(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => LossModel.Burst(-0.1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LossModel.EveryNth(0));
        Assert.Throws<ArgumentNullException>(() => LossModel.Exactly(null!));
    }
}
