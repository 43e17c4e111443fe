using System.Runtime.CompilerServices;

namespace ReactiveLink.Metrics.Registry;

/// <summary>
/// A small number that a living thread has for itself, so that it can own a cell of every metric. Given at its first recording, given back some time after its end. Threads
/// that come when all are taken have place 0 together.
/// </summary>
internal sealed class ThreadPlace
{
    /// <summary>Places, the common one included.</summary>
    public const int Count = 64;

    private static readonly Stack<int> Free = new(Enumerable.Range(1, Count - 1).Reverse());

    [ThreadStatic]
    private static int _current;

    [ThreadStatic]
    private static ThreadPlace? _holder;

    private readonly int _place;

    private ThreadPlace(int place) => _place = place;

#pragma warning disable MA0055 // The end of a thread is known by nothing else; the object holds no resource but its number.
    /// <summary>Runs when the thread has ended: nothing else refers to the holder.</summary>
    ~ThreadPlace()
#pragma warning restore MA0055
    {
        lock (Free)
        {
            Free.Push(_place);
        }
    }

    /// <summary>This thread's place; 0 if it has none (yet).</summary>
    public static int Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _current;
    }

    /// <summary>This thread's place, taken now if it has none and one is free.</summary>
    public static int Take()
    {
        if (_current == 0)
        {
            lock (Free)
            {
                if (Free.TryPop(out var place))
                {
                    _holder = new ThreadPlace(place);
                    _current = place;
                }
            }
        }

        return _current;
    }
}
