namespace ReactiveLink.Testing;

/// <summary>
/// Something that one thread uses at a time and any thread may close, without a lock: who uses it when it is to be closed closes it after that.
/// </summary>
internal sealed class ExclusiveUse
{
    private const int Idle = 0;
    private const int Used = 1;
    private const int ClosingUsed = 2;
    private const int Closed = 3;

    private int _state;

    public bool IsClosing => Volatile.Read(ref _state) >= ClosingUsed;

    /// <summary>Begins a use; false if it is in use or closed.</summary>
    public bool TryEnter() => Interlocked.CompareExchange(ref _state, Used, Idle) == Idle;

    /// <summary>Ends a use.</summary>
    /// <returns>True if the caller now has to close it.</returns>
    public bool Exit()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Used) == Used)
        {
            return false;
        }

        Volatile.Write(ref _state, Closed);
        return true;
    }

    /// <summary>Asks for its end. Idempotent.</summary>
    /// <returns>True if the caller now has to close it.</returns>
    public bool Close()
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            if (state >= ClosingUsed)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _state, state == Idle ? Closed : ClosingUsed, state) == state)
            {
                return state == Idle;
            }
        }
    }
}
