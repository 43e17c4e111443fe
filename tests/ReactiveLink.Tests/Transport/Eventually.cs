using System.Diagnostics;

namespace ReactiveLink.Tests.Transport;

/// <summary>Waits, with a deadline, for what has no signal of its own: another thread's counters.</summary>
internal static class Eventually
{
    public static void True(Func<bool> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        var wait = default(SpinWait);
        while (!condition())
        {
            Assert.True(clock.Elapsed < Recorder<int>.Deadline, "Not within the deadline: " + what);
            wait.SpinOnce();
        }
    }

    public static void Signalled(WaitHandle handle, string what) =>
        Assert.True(handle.WaitOne(Recorder<int>.Deadline), "Not within the deadline: " + what);
}
