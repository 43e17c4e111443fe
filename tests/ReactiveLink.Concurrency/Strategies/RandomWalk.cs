namespace ReactiveLink.Concurrency.Strategies;

/// <summary>Now and then any thread goes on.</summary>
internal sealed class RandomWalk(Random random, double chance) : IStrategy
{
    public int Choose(int current, ReadOnlySpan<int> enabled, int step, bool isYielding)
    {
        if (current >= 0 && !isYielding && random.NextDouble() >= chance)
        {
            return current;
        }

        int next;
        do
        {
            next = enabled[random.Next(enabled.Length)];
        }
        while (isYielding && next == current);
        return next;
    }
}
