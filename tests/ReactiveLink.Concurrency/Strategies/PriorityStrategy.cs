namespace ReactiveLink.Concurrency.Strategies;

/// <summary>
/// The thread of the highest priority runs; priorities are random, and at random steps the running thread gets the lowest (S. Burckhardt, P. Kothari, M. Musuvathi,
/// S. Nagarakatte, "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs", ASPLOS 2010). A fault that needs d ordered steps is found with
/// a chance of at least one in n·k^(d-1), for n threads and k steps.
/// </summary>
internal sealed class PriorityStrategy : IStrategy
{
    private readonly int[] _priorities;
    private readonly int[] _changes;
    private int _lowest;

    public PriorityStrategy(Random random, int threads, int expectedSteps, int changes)
    {
        _priorities = [.. Enumerable.Range(0, threads)];
        random.Shuffle(_priorities);
        _changes = [.. Enumerable.Range(0, changes).Select(_ => random.Next(Math.Max(1, expectedSteps)))];
    }

    public int Choose(int current, ReadOnlySpan<int> enabled, int step, bool isYielding)
    {
        if (current >= 0 && (isYielding || _changes.Contains(step)))
        {
            _priorities[current] = --_lowest;
        }

        var best = enabled[0];
        foreach (var thread in enabled)
        {
            if (_priorities[thread] > _priorities[best])
            {
                best = thread;
            }
        }

        return best;
    }
}
