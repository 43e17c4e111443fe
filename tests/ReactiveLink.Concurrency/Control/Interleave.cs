namespace ReactiveLink.Concurrency.Control;

/// <summary>What the instrumented sources call. On a thread that no controller steps it does nothing.</summary>
internal static class Interleave
{
    [ThreadStatic]
    private static ControlledThread? _current;

    public static ControlledThread? Current
    {
        get => _current;
        set => _current = value;
    }

    /// <summary>Another thread may go on from here.</summary>
    public static void Point(string where) => _current?.Controller.Step(where);

    /// <summary>Gives back what was read, after others may have changed it.</summary>
    public static T Stale<T>(T value, string where)
    {
        Point(where);
        return value;
    }

    /// <summary>As <c>lock</c>.</summary>
    public static Lock.Scope Hold(Lock gate, string where) => gate.EnterScope(where);

    /// <summary>As <c>lock</c> on any object.</summary>
    public static Lock.Scope Hold(object gate, string where) => Lock.Of(gate).EnterScope(where);

    /// <summary>Others go on until the condition holds.</summary>
    public static void WaitUntil(Func<bool> condition, string what, bool isExternal = false)
    {
        if (_current is { } thread)
        {
            thread.Controller.WaitUntil(condition, what, isExternal);
            return;
        }

        var spin = default(System.Threading.SpinWait);
        while (!condition())
        {
            spin.SpinOnce();
        }
    }
}
