using Microsoft.Extensions.DependencyInjection;

namespace ReactiveLink.Hosting.Handlers;

/// <summary>A handler class of a link, before there is a link.</summary>
/// <param name="Type">The messages that it gets.</param>
/// <param name="Call">Resolves it in a scope and calls it.</param>
/// <param name="Configure">Changes its route's options; null for none.</param>
internal sealed record HandlerRegistration(
    MessageType Type, Func<IServiceProvider, Message, CancellationToken, ValueTask> Call, Func<RouteOptions, RouteOptions>? Configure)
{
    /// <summary>A handler of each message in a scope of its own.</summary>
    public Func<Message, CancellationToken, ValueTask> In(IServiceScopeFactory scopes) => async (message, cancellationToken) =>
    {
        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            await Call(scope.ServiceProvider, message, cancellationToken).ConfigureAwait(false);
        }
    };
}
