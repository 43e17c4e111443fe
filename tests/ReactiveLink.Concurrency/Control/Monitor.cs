namespace ReactiveLink.Concurrency.Control;

/// <summary>No part that is explored waits for a pulse; those that do are compiled, and may not be used.</summary>
internal static class Monitor
{
    public static void PulseAll(object gate) => throw new NotSupportedException();

    public static bool Wait(object gate, TimeSpan timeout) => throw new NotSupportedException();

    public static bool Wait(object gate) => throw new NotSupportedException();
}
