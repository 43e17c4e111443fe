using System.Runtime.CompilerServices;

namespace ReactiveLink.Concurrency.Control;

/// <summary>A lock whose waiting threads wait in the controller, so that a deadlock is seen. Threads outside (finalizers) may use it as well.</summary>
internal sealed class Lock
{
    private static readonly ConditionalWeakTable<object, Lock> Monitors = [];

    [ThreadStatic]
    private static object? _outside;

    private object? _owner;
    private int _depth;

    /// <summary>The lock that an object's monitor is.</summary>
    public static Lock Of(object gate) => gate as Lock ?? Monitors.GetValue(gate, static _ => new Lock());

    public Scope EnterScope() => EnterScope("a lock");

    public Scope EnterScope(string where)
    {
        Enter(where);
        return new Scope(this);
    }

    public void Enter() => Enter("a lock");

    public bool TryEnter()
    {
        Interleave.Point("TryEnter");
        return TryTake(Me());
    }

    public void Exit()
    {
        if (!ReferenceEquals(_owner, Me()))
        {
            throw new SynchronizationLockException();
        }

        Count(-1);
        if (--_depth == 0)
        {
            System.Threading.Volatile.Write(ref _owner, null);
        }
    }

    private static object Me() => Interleave.Current ?? (_outside ??= new object());

    private void Enter(string where)
    {
        Interleave.Point(where);
        var me = Me();
        while (!TryTake(me))
        {
            Interleave.WaitUntil(() => System.Threading.Volatile.Read(ref _owner) is null, "for the lock at " + where, isExternal: _owner is not ControlledThread);
        }
    }

    private bool TryTake(object me)
    {
        if (ReferenceEquals(_owner, me) || System.Threading.Interlocked.CompareExchange(ref _owner, me, null) is null)
        {
            _depth++;
            Count(1);
            return true;
        }

        return false;
    }

    private static void Count(int change)
    {
        if (Interleave.Current is { } thread)
        {
            thread.LocksHeld += change;
        }
    }

    public readonly struct Scope(Lock gate) : IDisposable
    {
        public void Dispose() => gate.Exit();
    }
}
