using ReactiveLink.Testing;

namespace ReactiveLink.Simulation.Scenarios;

/// <summary>Makes the conditions of a path.</summary>
internal sealed class ConditionsMaker(ulong seed, Parts parts, string path)
{
    public PathConditions Make()
    {
        var conditions = new PathConditions { KeepOrder = Draws("order").Chance(0.2) };
        if (On(Parts.Latency, 0.8, out var draw))
        {
            conditions = conditions with { Latency = draw.Pick(draw.Time(0, 5), draw.Time(0, 60), draw.RoundTime(1, 50)) };
        }

        if (On(Parts.Jitter, 0.6, out draw))
        {
            conditions = conditions with { Jitter = draw.OnGrid(Jitter(draw)) };
        }

        if (On(Parts.Loss, 0.6, out draw))
        {
            conditions = conditions with { Loss = Loss(draw) };
        }

        if (On(Parts.Duplication, 0.5, out draw))
        {
            conditions = conditions with { Duplication = draw.Between(0.005, 0.2) };
        }

        if (On(Parts.Reordering, 0.5, out draw))
        {
            conditions = conditions with { Reordering = draw.Between(0.005, 0.2), ReorderingDelay = draw.Time(1, 120) };
        }

        if (On(Parts.Corruption, 0.5, out draw))
        {
            conditions = conditions with { Corruption = draw.Between(0.005, 0.2), CorruptedBits = draw.Pick(1, 1, 2, 3, 8, 40) };
        }

        if (On(Parts.Truncation, 0.4, out draw))
        {
            conditions = conditions with { Truncation = draw.Between(0.005, 0.1) };
        }

        if (On(Parts.Bandwidth, 0.3, out draw))
        {
            conditions = conditions with { Bandwidth = draw.Between(20_000, 2_000_000), QueueBytes = draw.Pick(300, 1500, 65_536) };
        }

        if (On(Parts.Mtu, 0.15, out draw))
        {
            conditions = conditions with { Mtu = draw.Pick(draw.Between(68, 300), 576) };
        }

        if (On(Parts.Flaps, 0.1, out draw))
        {
            conditions = conditions with { Flaps = new Flaps(draw.Time(100, 1000), draw.Time(10, 200)) };
        }

        return conditions;
    }

    private static Distribution Jitter(Draw draw) => draw.Between(0, 4) switch
    {
        0 => Distribution.Uniform(TimeSpan.Zero, draw.Time(0.1, 40)),
        1 => Distribution.Normal(draw.Time(0.1, 10), draw.Time(0.1, 10)),
        2 => Distribution.Exponential(draw.Time(0.1, 15)),
        3 => Distribution.Pareto(draw.Time(0.1, 2), draw.Between(0.8, 3), draw.Time(50, 400)),
        _ => Distribution.Constant(draw.RoundTime(0, 20)),
    };

    private static LossModel Loss(Draw draw) => draw.Between(0, 2) switch
    {
        0 => LossModel.Random(draw.Between(0.005, 0.3)),
        1 => LossModel.Burst(draw.Between(0.01, 0.1), draw.Between(0.1, 0.6), draw.Between(0.5, 1)),
        _ => LossModel.EveryNth(draw.Between(2, 20)),
    };

    private bool On(Parts part, double probability, out Draw draw)
    {
        draw = Draws(part.ToString());
        return draw.Chance(probability) && parts.HasFlag(part);
    }

    private Draw Draws(string what) => new(seed, $"{path} {what}");
}
