namespace ReactiveLink.Hosting;

/// <summary>As <see cref="IMessageHandler"/>, for messages whose data is a <typeparamref name="T"/>.</summary>
/// <typeparam name="T">The type of the data.</typeparam>
public interface IMessageHandler<T>
{
    /// <summary>Handles a message. A message whose data is not a T does not come here: it is a <see cref="FaultReason.HandlerFailed"/> fault with the <see cref="System.Text.Json.JsonException"/>.</summary>
    /// <param name="message">The message; may be kept.</param>
    /// <param name="cancellationToken">Signalled at the route's timeout, and when the time for shutting down is up. For this call alone.</param>
    /// <returns>Completes when the message is handled.</returns>
    ValueTask HandleAsync(Message<T> message, CancellationToken cancellationToken);
}
