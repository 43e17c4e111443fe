namespace ReactiveLink.Tests.Support;

/// <summary>What an action allocates on its thread.</summary>
internal static class Allocated
{
    private const int Rounds = 20;

    /// <summary>
    /// The bytes that an action allocates, the least of up to 20 rounds. A collection that another test starts meanwhile throws away what is left of this
    /// thread's allocation buffer (up to 8 KiB), which the runtime counts as allocated; what an action does allocate is in every round.
    /// </summary>
    public static long By(Action action)
    {
        var least = long.MaxValue;
        for (var round = 0; round < Rounds && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
