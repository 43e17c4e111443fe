namespace ReactiveLink.Tool.Tests.Processes;

/// <summary>How long a test waits for what must happen: far longer than it takes on a busy machine, and never for ever.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(90);

    public static async Task<T> Within<T>(Task<T> task, string what)
    {
        await Within((Task)task, what);
        return await task;
    }

    public static async Task Within(Task task, string what)
    {
        try
        {
            await task.WaitAsync(Time);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"Not within {Time.TotalSeconds} s: {what}", exception);
        }
    }
}
