namespace ReactiveLink.Tool.Tests.Processes;

/// <summary>How long a test waits for what must happen: far longer than it takes on a busy machine, and never for ever.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(90);

    public static Task<T> Within<T>(Task<T> task, string what) => Within(task, what, Time);

    public static async Task<T> Within<T>(Task<T> task, string what, TimeSpan time)
    {
        try
        {
            return await task.WaitAsync(time);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Not within {time.TotalSeconds} s: {what}");
        }
    }

    public static async Task Within(Task task, string what)
    {
        try
        {
            await task.WaitAsync(Time);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Not within {Time.TotalSeconds} s: {what}");
        }
    }
}
