namespace ReactiveLink.Concurrency.Strategies;

/// <summary>
/// Every schedule with at most so many preemptions, depth first, one a run (M. Musuvathi, S. Qadeer, "Iterative Context Bounding for Systematic Testing of
/// Multithreaded Programs", PLDI 2007). A switch from a thread that cannot go on is free.
/// </summary>
internal sealed class BoundedSearch(int preemptions) : IStrategy
{
    private readonly List<(int Taken, int Choices)> _path = [];
    private int _depth;
    private int _left;

    /// <summary>Whether the last run was the last schedule.</summary>
    public bool IsExhausted { get; private set; }

    public void Begin()
    {
        _depth = 0;
        _left = preemptions;
    }

    /// <summary>Goes on to the next schedule.</summary>
    public void Advance()
    {
        while (_path.Count > 0 && _path[^1].Taken + 1 >= _path[^1].Choices)
        {
            _path.RemoveAt(_path.Count - 1);
        }

        if (_path.Count == 0)
        {
            IsExhausted = true;
            return;
        }

        _path[^1] = (_path[^1].Taken + 1, _path[^1].Choices);
    }

    public int Choose(int current, ReadOnlySpan<int> enabled, int step, bool isYielding)
    {
        // Choice 0 is to go on, and the others follow in the order of threads.
        var first = current >= 0 && !isYielding ? current : enabled[0] == current ? enabled[1] : enabled[0];
        var isFree = current < 0 || isYielding;
        if (!isFree && _left == 0)
        {
            return current;
        }

        if (_depth == _path.Count)
        {
            _path.Add((0, isYielding ? enabled.Length - 1 : enabled.Length));
        }

        var taken = Math.Min(_path[_depth++].Taken, enabled.Length - 1);
        if (taken == 0)
        {
            return first;
        }

        _left -= isFree ? 0 : 1;
        foreach (var thread in enabled)
        {
            if (thread != first && !(isYielding && thread == current) && --taken == 0)
            {
                return thread;
            }
        }

        return first;
    }
}
