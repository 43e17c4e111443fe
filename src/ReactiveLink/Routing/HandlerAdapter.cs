namespace ReactiveLink.Routing;

/// <summary>Handlers of other shapes as the one shape that is run.</summary>
internal static class HandlerAdapter
{
    public static Func<T, CancellationToken, ValueTask> Of<T>(Action<T> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return (item, _) =>
        {
            handler(item);
            return ValueTask.CompletedTask;
        };
    }

    public static Func<T, CancellationToken, ValueTask> Of<T>(Func<T, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return (item, _) => new ValueTask(handler(item));
    }
}
