using System.Numerics;

namespace ReactiveLink.Metrics.Windows;

/// <summary>A first-in first-out queue that starts small, doubles as it is needed, and never shrinks.</summary>
internal sealed class Ring<T>(int capacity)
{
    private T[] _items = new T[BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, capacity))];
    private int _head;

    public int Count { get; private set; }

    public ref T this[int index] => ref _items[(_head + index) & (_items.Length - 1)];

    public void Push(T item)
    {
        if (Count == _items.Length)
        {
            var larger = new T[_items.Length * 2];
            CopyTo(larger);
            _items = larger;
            _head = 0;
        }

        this[Count++] = item;
    }

    public T Pop()
    {
        ref var slot = ref this[0];
        var item = slot;
        slot = default!;
        _head = (_head + 1) & (_items.Length - 1);
        Count--;
        return item;
    }

    public void CopyTo(Span<T> target)
    {
        int first = Math.Min(Count, _items.Length - _head);
        _items.AsSpan(_head, first).CopyTo(target);
        _items.AsSpan(0, Count - first).CopyTo(target[first..]);
    }

    public void Clear()
    {
        Array.Clear(_items);
        _head = 0;
        Count = 0;
    }
}
