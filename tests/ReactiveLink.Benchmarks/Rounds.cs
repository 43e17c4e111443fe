namespace ReactiveLink.Benchmarks;

/// <summary>What the rounds of one contestant come to.</summary>
internal static class Rounds
{
    /// <summary>The middle value; the mean of the two middle ones for an even count.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>(largest - smallest) / median; 0 for a median of 0.</summary>
    public static double Spread(IReadOnlyCollection<double> values)
    {
        double median = Median(values);
        return median > 0 ? (values.Max() - values.Min()) / median : 0;
    }

    /// <summary>
    /// The order in which contestants take their turns: forward in even rounds, backward in odd ones, so that a drift of the
    /// machine falls on all alike.
    /// </summary>
    public static IEnumerable<T> Turns<T>(IReadOnlyList<T> contestants, int rounds) =>
        Enumerable.Range(0, rounds).SelectMany(round => round % 2 == 0 ? contestants : contestants.Reverse());
}
