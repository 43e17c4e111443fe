namespace ReactiveLink;

public sealed partial class UdpLink
{
    /// <summary>Routes messages of one type to an asynchronous handler, with a bounded queue, bounded concurrency and a timeout.</summary>
    /// <param name="type">The type; unknown words can be routed too.</param>
    /// <param name="handler">The handler. One that throws or hangs is a fault; nothing else is delayed.</param>
    /// <param name="options">The route's bounds; <see cref="LinkOptions.Routes"/> unless given.</param>
    /// <returns>Dispose it to remove the handler.</returns>
    /// <exception cref="ArgumentException">The options are not valid; the message names every error.</exception>
    /// <exception cref="ObjectDisposedException">The link is disposed.</exception>
    public IDisposable Handle(MessageType type, Func<Message, CancellationToken, ValueTask> handler, RouteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Registered(_router.Handle(type, handler, options ?? _options.Routes));
    }

    /// <summary>Routes messages of one type to an asynchronous handler that takes no cancellation token.</summary>
    /// <param name="type">The type; unknown words can be routed too.</param>
    /// <param name="handler">The handler. At its timeout it is reported, but cannot be told.</param>
    /// <param name="options">The route's bounds; <see cref="LinkOptions.Routes"/> unless given.</param>
    /// <returns>Dispose it to remove the handler.</returns>
    /// <exception cref="ArgumentException">The options are not valid; the message names every error.</exception>
    /// <exception cref="ObjectDisposedException">The link is disposed.</exception>
    public IDisposable Handle(MessageType type, Func<Message, Task> handler, RouteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Registered(_router.Handle(type, handler, options ?? _options.Routes));
    }

    /// <summary>Routes messages of one type to a synchronous handler.</summary>
    /// <param name="type">The type; unknown words can be routed too.</param>
    /// <param name="handler">The handler; runs on the route's own workers, not on the receive thread.</param>
    /// <param name="options">The route's bounds; <see cref="LinkOptions.Routes"/> unless given.</param>
    /// <returns>Dispose it to remove the handler.</returns>
    /// <exception cref="ArgumentException">The options are not valid; the message names every error.</exception>
    /// <exception cref="ObjectDisposedException">The link is disposed.</exception>
    public IDisposable Handle(MessageType type, Action<Message> handler, RouteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Registered(_router.Handle(type, handler, options ?? _options.Routes));
    }

    /// <summary>Routes the messages that a predicate selects to an asynchronous handler.</summary>
    /// <param name="predicate">Runs on the receive thread: keep it short. If it throws, the message is not routed here, and a fault tells.</param>
    /// <param name="handler">The handler.</param>
    /// <param name="options">The route's bounds; <see cref="LinkOptions.Routes"/> unless given.</param>
    /// <returns>Dispose it to remove the handler.</returns>
    /// <exception cref="ArgumentException">The options are not valid; the message names every error.</exception>
    /// <exception cref="ObjectDisposedException">The link is disposed.</exception>
    public IDisposable Handle(Func<Message, bool> predicate, Func<Message, CancellationToken, ValueTask> handler, RouteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        ArgumentNullException.ThrowIfNull(handler);
        return Registered(_router.Handle(predicate, handler, options ?? _options.Routes));
    }

    /// <summary>Routes the messages that a predicate selects to an asynchronous handler that takes no cancellation token.</summary>
    /// <param name="predicate">Runs on the receive thread: keep it short. If it throws, the message is not routed here, and a fault tells.</param>
    /// <param name="handler">The handler. At its timeout it is reported, but cannot be told.</param>
    /// <param name="options">The route's bounds; <see cref="LinkOptions.Routes"/> unless given.</param>
    /// <returns>Dispose it to remove the handler.</returns>
    /// <exception cref="ArgumentException">The options are not valid; the message names every error.</exception>
    /// <exception cref="ObjectDisposedException">The link is disposed.</exception>
    public IDisposable Handle(Func<Message, bool> predicate, Func<Message, Task> handler, RouteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        ArgumentNullException.ThrowIfNull(handler);
        return Registered(_router.Handle(predicate, handler, options ?? _options.Routes));
    }

    /// <summary>Routes the messages that a predicate selects to a synchronous handler.</summary>
    /// <param name="predicate">Runs on the receive thread: keep it short. If it throws, the message is not routed here, and a fault tells.</param>
    /// <param name="handler">The handler; runs on the route's own workers, not on the receive thread.</param>
    /// <param name="options">The route's bounds; <see cref="LinkOptions.Routes"/> unless given.</param>
    /// <returns>Dispose it to remove the handler.</returns>
    /// <exception cref="ArgumentException">The options are not valid; the message names every error.</exception>
    /// <exception cref="ObjectDisposedException">The link is disposed.</exception>
    public IDisposable Handle(Func<Message, bool> predicate, Action<Message> handler, RouteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        ArgumentNullException.ThrowIfNull(handler);
        return Registered(_router.Handle(predicate, handler, options ?? _options.Routes));
    }

    private IDisposable Registered(IDisposable route)
    {
        ConsumerCame();
        return route;
    }
}
