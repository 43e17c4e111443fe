namespace ReactiveLink.Metrics.Windows;

/// <summary>The panes of a pure buffer: the values themselves, each held once however many windows it is in, and never more than the cap.</summary>
internal sealed class BufferState<T>(int maximumItems) : WindowState<T, IReadOnlyList<T>>
{
    private readonly Ring<T> _items = new(16);
    private readonly Ring<int> _panes = new(4);
    private int _open;
    private long _count;

    public override long Count => _count;

    public override long OpenCount => _open;

    public override bool Add(T value)
    {
        if (_items.Count >= maximumItems)
        {
            return false;
        }

        _items.Push(value);
        _open++;
        return true;
    }

    public override void ClosePane()
    {
        _panes.Push(_open);
        _count += _open;
        _open = 0;
    }

    public override void EvictPane()
    {
        int leaving = _panes.Pop();
        _count -= leaving;
        for (int i = 0; i < leaving; i++)
        {
            _items.Pop();
        }
    }

    public override IReadOnlyList<T> Result(in WindowBounds bounds)
    {
        var copy = new T[_count];
        _items.CopyTo(copy);
        return copy;
    }

    public override void Clear()
    {
        _items.Clear();
        _panes.Clear();
        _open = 0;
        _count = 0;
    }
}
