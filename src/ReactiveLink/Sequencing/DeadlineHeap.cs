namespace ReactiveLink.Sequencing;

/// <summary>Something that waits for a time.</summary>
internal abstract class DeadlineNode
{
    /// <summary>When, in ticks. Fixed while in a heap.</summary>
    public long Deadline { get; set; }

    /// <summary>Where it lies in its heap; -1 while in none.</summary>
    internal int HeapIndex { get; set; } = -1;
}

/// <summary>
/// A binary heap of what waits, the earliest first. Each node knows its place, so that one can be taken out when it no longer waits: no stale
/// entries are left behind.
/// </summary>
internal sealed class DeadlineHeap<TNode>
    where TNode : DeadlineNode
{
    private TNode[] _nodes = new TNode[4];
    private int _count;

    public TNode? Earliest => _count == 0 ? null : _nodes[0];

    /// <summary>Puts a node where its new deadline belongs.</summary>
    public void Set(TNode node, long deadline)
    {
        var index = node.HeapIndex;
        if (index < 0)
        {
            if (_count == _nodes.Length)
            {
                Array.Resize(ref _nodes, _count * 2);
            }

            index = _count++;
        }

        node.Deadline = deadline;
        SiftDown(SiftUp(index, node), node);
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
            SiftDown(SiftUp(index, last), last);
        }
    }

    private int SiftUp(int index, TNode node)
    {
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (_nodes[parent].Deadline <= node.Deadline)
            {
                break;
            }

            Place(index, _nodes[parent]);
            index = parent;
        }

        Place(index, node);
        return index;
    }

    private void SiftDown(int index, TNode node)
    {
        while (true)
        {
            var child = (2 * index) + 1;
            if (child >= _count)
            {
                break;
            }

            if (child + 1 < _count && _nodes[child + 1].Deadline < _nodes[child].Deadline)
            {
                child++;
            }

            if (_nodes[child].Deadline >= node.Deadline)
            {
                break;
            }

            Place(index, _nodes[child]);
            index = child;
        }

        Place(index, node);
    }

    private void Place(int index, TNode node)
    {
        _nodes[index] = node;
        node.HeapIndex = index;
    }
}
