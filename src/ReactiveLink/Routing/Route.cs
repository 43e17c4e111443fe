namespace ReactiveLink.Routing;

/// <summary>A handler and the messages that go to it: those of a type, or those that a predicate picks.</summary>
internal sealed class Route(BoundedHandler<Message> handler, string? type, Func<Message, bool>? predicate)
{
    public BoundedHandler<Message> Handler { get; } = handler;

    public string? Type { get; } = type;

    public Func<Message, bool>? Predicate { get; } = predicate;
}
