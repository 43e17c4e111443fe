using Real = System.Threading.Volatile;

namespace ReactiveLink.Concurrency.Control;

/// <summary>Each operation is one step.</summary>
internal static class Volatile
{
    public static T Read<T>(ref readonly T location)
    {
        Interleave.Point("Volatile.Read");
        return location;
    }

    public static void Write<T>(ref T location, T value)
    {
        Interleave.Point("Volatile.Write");
        location = value;
    }

    public static void ReadBarrier() => Real.ReadBarrier();

    public static void WriteBarrier() => Real.WriteBarrier();
}
