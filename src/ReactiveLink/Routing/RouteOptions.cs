namespace ReactiveLink;

/// <summary>How a link's handler is fed. As <see cref="HandlerOptions{T}"/>, with the message's source as the key for the latest.</summary>
public sealed record RouteOptions : HandlerOptions<Message>
{
    /// <summary>The defaults.</summary>
    public RouteOptions() => LatestKey = static message => message.Source;
}
