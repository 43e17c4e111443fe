using Real = System.Threading.Interlocked;

namespace ReactiveLink.Concurrency.Control;

/// <summary>Each operation is one step.</summary>
internal static class Interlocked
{
    public static int Increment(ref int location) => Add(ref location, 1);

    public static long Increment(ref long location) => Add(ref location, 1);

    public static int Decrement(ref int location) => Add(ref location, -1);

    public static long Decrement(ref long location) => Add(ref location, -1);

    public static int Add(ref int location, int value)
    {
        Interleave.Point("Interlocked.Add");
        return Real.Add(ref location, value);
    }

    public static long Add(ref long location, long value)
    {
        Interleave.Point("Interlocked.Add");
        return Real.Add(ref location, value);
    }

    public static long Read(ref readonly long location)
    {
        Interleave.Point("Interlocked.Read");
        return Real.Read(in location);
    }

    public static T Exchange<T>(ref T location, T value)
    {
        Interleave.Point("Interlocked.Exchange");
        return Real.Exchange(ref location, value);
    }

    public static T CompareExchange<T>(ref T location, T value, T comparand)
    {
        Interleave.Point("Interlocked.CompareExchange");
        return Real.CompareExchange(ref location, value, comparand);
    }

    public static void MemoryBarrier() => Interleave.Point("MemoryBarrier");

    public static void MemoryBarrierProcessWide() => Interleave.Point("MemoryBarrierProcessWide");
}
