using System.Numerics;

namespace ReactiveLink.Metrics.Windows;

/// <summary>How two neighbouring partial aggregates become one. Associative; need not be commutative, nor have an inverse.</summary>
internal interface IMerger<T>
{
    /// <summary>The aggregate of nothing.</summary>
    T Empty { get; }

    T Merge(in T older, in T newer);
}

/// <summary>
/// A first-in first-out queue that knows the merge of all it holds, with a constant number of merges in the worst case for each insertion, eviction
/// and query: DABA Lite of K. Tangwongsan, M. Hirzel and S. Schneider, "In-order sliding-window aggregation in worst-case constant time", The VLDB
/// Journal 30 (2021).
/// </summary>
/// <remarks>
/// The queue is cut into front [F, B) and back [B, E). A slot of [F, L) and of [A, B) holds the merge of all from itself to B, one of [L, R) the merge
/// up to R; [R, A) and the back hold plain values. Each operation repairs one step of what the next turn of the queue needs (<see cref="Repair"/>).
/// </remarks>
internal sealed class DabaLite<T, TMerger>
    where TMerger : IMerger<T>
{
    private readonly TMerger _merger;
    private T[] _slots;
    private long _mask;
    private long _f;
    private long _l;
    private long _r;
    private long _a;
    private long _b;
    private long _e;
    private T _middle;
    private T _back;

    /// <param name="capacity">How many values it holds before it has to grow.</param>
    /// <param name="merger">The merge.</param>
    public DabaLite(int capacity, TMerger merger)
    {
        _merger = merger;
        _slots = new T[BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, capacity))];
        _mask = _slots.Length - 1;
        _middle = merger.Empty;
        _back = merger.Empty;
    }

    public int Count => (int)(_e - _f);

    public int Capacity => _slots.Length;

    public void Insert(in T value)
    {
        if (Count == _slots.Length)
        {
            Grow();
        }

        At(_e) = value;
        _e++;
        _back = _merger.Merge(in _back, in value);
        Repair();
    }

    public void Evict()
    {
        if (_f == _e)
        {
            throw new InvalidOperationException("The queue is empty.");
        }

        At(_f) = _merger.Empty;
        _f++;
        Repair();
    }

    public T Query() => _f == _b ? _back : _merger.Merge(in At(_f), in _back);

    public void Clear()
    {
        Array.Fill(_slots, _merger.Empty);
        _f = _l = _r = _a = _b = _e = 0;
        _middle = _merger.Empty;
        _back = _merger.Empty;
    }

    private void Grow()
    {
        var (slots, mask) = (_slots, _mask);
        _slots = new T[slots.Length * 2];
        _mask = _slots.Length - 1;
        for (long index = _f; index < _e; index++)
        {
            At(index) = slots[index & mask];
        }
    }

    private ref T At(long index) => ref _slots[index & _mask];

    private void Repair()
    {
        if (_f == _b)
        {
            // The front is empty, so the back has at most one value: it is the whole front now.
            _l = _r = _a = _b = _e;
            _middle = _merger.Empty;
            _back = _merger.Empty;
            return;
        }

        if (_l == _b)
        {
            // Flip: the back becomes the part of the front that is not merged yet.
            _l = _f;
            _a = _b = _e;
            _middle = _back;
            _back = _merger.Empty;
        }

        if (_l == _r)
        {
            _l++;
            _r++;
            _a++;
            return;
        }

        At(_l) = _merger.Merge(in At(_l), in _middle);
        _l++;
        if (_a != _b)
        {
            At(_a - 1) = _merger.Merge(in At(_a - 1), in At(_a));
        }

        _a--;
    }
}
