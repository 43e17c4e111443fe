namespace ReactiveLink.Hosting;

/// <summary>
/// Handles messages of a link. An implementation is made for each message, in a scope of its own, which is disposed when the handler has returned, thrown, or outlived its timeout and then
/// returned. So it may take scoped services, and need not be safe for many threads.
/// </summary>
public interface IMessageHandler
{
    /// <summary>Handles a message. Throwing is a <see cref="FaultReason.HandlerFailed"/> fault; the next message is handled.</summary>
    /// <param name="message">The message; may be kept.</param>
    /// <param name="cancellationToken">Signalled at the route's timeout, and when the time for shutting down is up. For this call alone.</param>
    /// <returns>Completes when the message is handled.</returns>
    ValueTask HandleAsync(Message message, CancellationToken cancellationToken);
}
