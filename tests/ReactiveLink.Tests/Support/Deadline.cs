namespace ReactiveLink.Tests.Support;

/// <summary>Waits on signals, never on time.</summary>
internal static class Deadline
{
    public static TimeSpan Time { get; } = TimeSpan.FromSeconds(20);

    public static async Task Within(Task task) => await task.WaitAsync(Time);

    public static async Task<T> Within<T>(Task<T> task) => await task.WaitAsync(Time);

    /// <summary>Yields until the condition holds.</summary>
    public static async Task Until(Func<bool> condition, string what)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < Time, "Not within the deadline: " + what);
            await Task.Yield();
        }
    }
}
