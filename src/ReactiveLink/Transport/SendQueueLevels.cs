namespace ReactiveLink.Transport;

/// <summary>
/// Four first-in-first-out lists, the highest preferred strictly; but one that was passed over a limited number of times in a row goes next,
/// the longest-waiting first. With four levels a waiting level is served within the limit plus three. Used under the queue's gate.
/// </summary>
internal sealed class SendQueueLevels<TItem>(int passOverLimit)
{
    public const int Count = 4;

    private readonly SendQueueNode<TItem>?[] _heads = new SendQueueNode<TItem>?[Count];
    private readonly SendQueueNode<TItem>?[] _tails = new SendQueueNode<TItem>?[Count];
    private readonly int[] _passedOver = new int[Count];

    public int Total { get; private set; }

    public void Append(SendQueueNode<TItem> node)
    {
        var tail = _tails[node.Level];
        node.Previous = tail;
        node.Next = null;
        node.IsQueued = true;
        _tails[node.Level] = node;
        if (tail is null)
        {
            _heads[node.Level] = node;
        }
        else
        {
            tail.Next = node;
        }

        Total++;
    }

    public void Remove(SendQueueNode<TItem> node)
    {
        if (node.Previous is null)
        {
            _heads[node.Level] = node.Next;
        }
        else
        {
            node.Previous.Next = node.Next;
        }

        if (node.Next is null)
        {
            _tails[node.Level] = node.Previous;
        }
        else
        {
            node.Next.Previous = node.Previous;
        }

        node.Previous = null;
        node.Next = null;
        node.IsQueued = false;
        Total--;
        if (_heads[node.Level] is null)
        {
            _passedOver[node.Level] = 0;
        }
    }

    /// <summary>Takes the newest item of the lowest level that is below the given one, or null if none waits there.</summary>
    public SendQueueNode<TItem>? EvictBelow(int level)
    {
        for (var lower = 0; lower < level; lower++)
        {
            if (_tails[lower] is { } node)
            {
                Remove(node);
                return node;
            }
        }

        return null;
    }

    public SendQueueNode<TItem>? TakeNext()
    {
        var highest = Count - 1;
        while (highest >= 0 && _heads[highest] is null)
        {
            highest--;
        }

        if (highest < 0)
        {
            return null;
        }

        var chosen = highest;
        for (var level = 0; level < highest; level++)
        {
            if (_passedOver[level] >= passOverLimit && (chosen == highest || _passedOver[level] > _passedOver[chosen]))
            {
                chosen = level;
            }
        }

        for (var level = 0; level < highest; level++)
        {
            if (level != chosen && _heads[level] is not null)
            {
                _passedOver[level]++;
            }
        }

        _passedOver[chosen] = 0;
        var node = _heads[chosen]!;
        Remove(node);
        return node;
    }
}
