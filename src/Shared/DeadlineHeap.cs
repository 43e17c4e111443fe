namespace ReactiveLink.Shared;

/// <summary>Something that waits for a time.</summary>
internal abstract class DeadlineNode
{
    /// <summary>When it is due, in ticks. Fixed while in a heap.</summary>
    public long Deadline { get; set; }

    /// <summary>Where it lies in its heap; -1 while in none.</summary>
    internal int HeapIndex { get; set; } = -1;
}

/// <summary>
/// A binary heap of what waits, the earliest first. Each node knows its place, so that one can be moved, and taken out when it no longer waits: no stale
/// entries are left behind. Compiled into each package that needs it.
/// </summary>
internal sealed class DeadlineHeap<TNode>
    where TNode : DeadlineNode
{
    private TNode[] _nodes = new TNode[1];
    private int _count;

    public TNode? Earliest => _count == 0 ? null : _nodes[0];

    /// <summary>Puts a node where its new deadline belongs.</summary>
    public void Set(TNode node, long deadline)
    {
        if (node.HeapIndex < 0)
        {
            if (_count == _nodes.Length)
            {
                Array.Resize(ref _nodes, _count * 2);
            }

            node.HeapIndex = _count++;
        }

        node.Deadline = deadline;
        Sift(node, node.HeapIndex);
    }

    public void Remove(TNode node)
    {
        var index = node.HeapIndex;
        if (index < 0)
        {
            return;
        }

        node.HeapIndex = -1;
        var last = _nodes[--_count];
        _nodes[_count] = null!;
        if (index < _count)
        {
            Sift(last, index);
        }
    }

    private void Sift(TNode node, int index)
    {
        while (index > 0 && _nodes[(index - 1) / 2].Deadline > node.Deadline)
        {
            Place(index, _nodes[(index - 1) / 2]);
            index = (index - 1) / 2;
        }

        for (int child; (child = (2 * index) + 1) < _count; index = child)
        {
            if (child + 1 < _count && _nodes[child + 1].Deadline < _nodes[child].Deadline)
            {
                child++;
            }

            if (_nodes[child].Deadline >= node.Deadline)
            {
                break;
            }

            Place(index, _nodes[child]);
        }

        Place(index, node);
    }

    private void Place(int index, TNode node)
    {
        _nodes[index] = node;
        node.HeapIndex = index;
    }
}
