namespace ReactiveLink.Routing;

/// <summary>
/// How many places among the concurrent handlers are taken, and how many of those by threads that drain the queue (the rest by handlers that go on
/// without a thread): two counts in one word, so that they change together.
/// </summary>
internal struct HandlerPlaces(int concurrency)
{
    private const long Place = 1;
    private const long Drainer = 1L << 32;

    private long _state;

    private readonly bool IsFull(long state) => (int)state >= concurrency;

    /// <summary>Whether another thread could drain.</summary>
    public readonly bool HasRoom => !IsFull(Volatile.Read(in _state));

    /// <summary>Takes a place for a thread to drain, if one is free.</summary>
    public bool TryTake()
    {
        var state = Volatile.Read(ref _state);
        while (!IsFull(state))
        {
            var seen = Interlocked.CompareExchange(ref _state, state + Place + Drainer, state);
            if (seen == state)
            {
                return true;
            }

            state = seen;
        }

        return false;
    }

    /// <summary>Takes a place for the first thread to drain.</summary>
    /// <param name="othersDrain">Whether there was a place, but other threads drain already.</param>
    public bool TryTakeFirst(out bool othersDrain)
    {
        var state = Volatile.Read(ref _state);
        while (true)
        {
            othersDrain = state >= Drainer && !IsFull(state);
            if (state >= Drainer || IsFull(state))
            {
                return false;
            }

            var seen = Interlocked.CompareExchange(ref _state, state + Place + Drainer, state);
            if (seen == state)
            {
                return true;
            }

            state = seen;
        }
    }

    /// <summary>A draining thread leaves its place to the handler that goes on without it, and takes another or stops draining.</summary>
    /// <returns>Whether it got another.</returns>
    public bool TryMoveOn()
    {
        var state = Volatile.Read(ref _state);
        while (true)
        {
            var full = IsFull(state);
            var seen = Interlocked.CompareExchange(ref _state, full ? state - Drainer : state + Place, state);
            if (seen == state)
            {
                return !full;
            }

            state = seen;
        }
    }

    /// <summary>A thread stops draining. A full fence.</summary>
    public void Leave() => Interlocked.Add(ref _state, -(Place + Drainer));

    /// <summary>A handler without a thread has ended. A full fence.</summary>
    public void LeaveAsync() => Interlocked.Add(ref _state, -Place);
}
