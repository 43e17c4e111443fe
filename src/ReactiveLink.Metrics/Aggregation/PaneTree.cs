using System.Numerics;

namespace ReactiveLink.Metrics.Windows;

/// <summary>The numbers of the panes that hold values, in order.</summary>
internal interface IPaneNumbers
{
    int Count { get; }

    /// <summary>The number of the newest pane; there must be one.</summary>
    long Newest { get; }

    /// <summary>The first pane from a number on, or null.</summary>
    long? FirstFrom(long number);
}

/// <summary>
/// Panes by number, in any order of arrival, that knows the merge of any range of them. A pane costs as many merges as the tree is deep, once between two queries
/// however many values it took; a query costs twice as many. Memory goes with the panes that hold values, however far apart they are.
/// </summary>
/// <remarks>
/// A PATRICIA tree (D. R. Morrison, Journal of the ACM 15(4), 1968) over the bits of the number, with the merge of what is below at each inner node. Its shape depends on
/// the numbers alone, not on the order in which they came, and it is at most 64 deep, whoever chooses them.
/// </remarks>
internal sealed class PaneTree<T, TMerger>(TMerger merger) : IPaneNumbers
    where TMerger : IMerger<T>
{
    private const int MaximumFree = 1024;
    private const ulong Sign = 1UL << 63;
    private readonly Stack<Node> _free = new();
    private Node? _root;

    // The pane that was asked for last, if no merge of it has been made since.
    private Node? _touched;

    public int Count { get; private set; }

    public long Oldest => NumberOf(Outermost(newest: false));

    public long Newest => NumberOf(Outermost(newest: true));

    /// <summary>The pane of a number, to add to it; null if it is a new one and there are as many as may be.</summary>
    public Node? Touch(long number, int maximum)
    {
        ulong key = KeyOf(number);
        if (_touched is { } touched && touched.Key == key)
        {
            return touched;
        }

        var nearest = Nearest(key);
        if (nearest is null || nearest.Key != key)
        {
            if (Count >= maximum)
            {
                return null;
            }

            Insert(key, nearest is null ? -1 : 63 - BitOperations.LeadingZeroCount(key ^ nearest.Key));
        }

        return _touched = MarkPath(key);
    }

    /// <summary>The pane of a number that there is.</summary>
    public ref T Value(long number) => ref Nearest(KeyOf(number))!.Value;

    public long? FirstFrom(long number)
    {
        ulong key = KeyOf(number);
        Node? right = null;
        var node = _root;
        while (node is { IsLeaf: false })
        {
            if (key > node.Last)
            {
                node = null;
            }
            else if (key <= node.First)
            {
                return NumberOf(Outermost(node, newest: false));
            }
            else if (node.IsRight(key))
            {
                node = node.Right;
            }
            else
            {
                right = node.Right;
                node = node.Left;
            }
        }

        return node is not null && node.Key >= key ? NumberOf(node) : right is null ? null : NumberOf(Outermost(right, newest: false));
    }

    /// <summary>The merge of the panes of a range, oldest first.</summary>
    public T Query(long from, long until)
    {
        _touched = null;
        var merged = merger.Empty;
        if (_root is not null && from < until)
        {
            Collect(_root, KeyOf(from), KeyOf(until - 1), ref merged);
        }

        return merged;
    }

    public T RemoveOldest()
    {
        _touched = null;
        Node? parent = null;
        Node? grandparent = null;
        var node = _root!;
        while (!node.IsLeaf)
        {
            node.IsStale = true;
            (grandparent, parent, node) = (parent, node, node.Left!);
        }

        if (parent is null)
        {
            _root = null;
        }
        else if (grandparent is null)
        {
            _root = parent.Right;
        }
        else
        {
            grandparent.Left = parent.Right;
        }

        Count--;
        var value = node.Value;
        Free(node);
        Free(parent);
        return value;
    }

    private static ulong KeyOf(long number) => (ulong)number ^ Sign;

    private static long NumberOf(Node node) => (long)(node.Key ^ Sign);

    private static Node Outermost(Node node, bool newest)
    {
        while (!node.IsLeaf)
        {
            node = newest ? node.Right! : node.Left!;
        }

        return node;
    }

    private Node Outermost(bool newest) => Outermost(_root!, newest);

    private Node? Nearest(ulong key)
    {
        var node = _root;
        while (node is { IsLeaf: false })
        {
            node = node.IsRight(key) ? node.Right : node.Left;
        }

        return node;
    }

    private void Insert(ulong key, int bit)
    {
        var leaf = Take(key, bit: -1);
        leaf.Value = merger.Empty;
        Count++;
        ref var place = ref _root;
        while (place is { IsLeaf: false } && place.Bit > bit)
        {
            place = ref place.IsRight(key) ? ref place.Right : ref place.Left;
        }

        if (place is null)
        {
            place = leaf;
            return;
        }

        var inner = Take(key, bit);
        (inner.Left, inner.Right) = inner.IsRight(key) ? (place, leaf) : (leaf, place);
        place = inner;
    }

    private Node MarkPath(ulong key)
    {
        var node = _root!;
        while (!node.IsLeaf)
        {
            node.IsStale = true;
            node = node.IsRight(key) ? node.Right! : node.Left!;
        }

        return node;
    }

    private void Collect(Node node, ulong first, ulong last, ref T merged)
    {
        if (node.Last < first || node.First > last)
        {
            return;
        }

        if (node.IsLeaf || (node.First >= first && node.Last <= last))
        {
            Refresh(node);
            merged = merger.Merge(in merged, in node.Value);
            return;
        }

        Collect(node.Left!, first, last, ref merged);
        Collect(node.Right!, first, last, ref merged);
    }

    private void Refresh(Node node)
    {
        if (node.IsStale)
        {
            Refresh(node.Left!);
            Refresh(node.Right!);
            node.Value = merger.Merge(in node.Left!.Value, in node.Right!.Value);
            node.IsStale = false;
        }
    }

    private Node Take(ulong key, int bit)
    {
        var node = _free.TryPop(out var used) ? used : new Node();
        node.Key = key;
        node.Bit = bit;
        node.IsStale = bit >= 0;
        return node;
    }

    private void Free(Node? node)
    {
        if (node is not null && _free.Count < MaximumFree)
        {
            node.Left = node.Right = null;
            node.Value = default!;
            _free.Push(node);
        }
    }

    internal sealed class Node
    {
        public T Value = default!;
        public Node? Left;
        public Node? Right;

        // Of an inner node any number below it: those bits count that are above its own.
        public ulong Key;

        // What tells right from left; -1 of a leaf.
        public int Bit;
        public bool IsStale;

        public bool IsLeaf => Bit < 0;

        public ulong First => Key & ~Below;

        public ulong Last => Key | Below;

        private ulong Below => Bit < 0 ? 0 : (2UL << Bit) - 1;

        public bool IsRight(ulong key) => ((key >> Bit) & 1) != 0;
    }
}
