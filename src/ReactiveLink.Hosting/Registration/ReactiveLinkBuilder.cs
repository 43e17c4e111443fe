using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ReactiveLink.Hosting.Handlers;
using ReactiveLink.Hosting.Settings;

namespace ReactiveLink.Hosting;

/// <summary>Adds to a link of the host. What changes its options is applied in the order of the calls: the last word counts.</summary>
public sealed class ReactiveLinkBuilder
{
    private const string ReflectionWarning = "Types are read by reflection. Use the overload with JsonTypeInfo<T> in trimmed or natively compiled programs.";

    internal ReactiveLinkBuilder(IServiceCollection services, string name)
    {
        Services = services;
        Name = name;
    }

    /// <summary>The services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The link's name, which is the key of its services; empty for the default link.</summary>
    public string Name { get; }

    /// <summary>Takes options from a section; its keys are those of the package's README. Values that cannot be read and unknown keys are reported when the host starts, all together.</summary>
    /// <param name="section">The link's section. Read once: a link does not change while it is open.</param>
    /// <returns>This builder.</returns>
    public ReactiveLinkBuilder Bind(IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        Services.Configure<LinkHealthOptions>(Name, options => LinkSettings.ReadHealth(section.GetSection("Health"), options));
        return Configure(options => LinkSettings.Read(section, options));
    }

    /// <summary>Changes options by code.</summary>
    /// <param name="configure">Called when the link's options are first needed.</param>
    /// <returns>This builder.</returns>
    public ReactiveLinkBuilder Configure(Action<HostedLinkOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Services.Configure(Name, configure);
        return this;
    }

    /// <summary>Puts the link upon a transport of one's own, for example a virtual one of a test, in place of endpoints.</summary>
    /// <param name="open">Opens the transport, not yet started; the link disposes it, also where it cannot be opened upon it.</param>
    /// <returns>This builder.</returns>
    public ReactiveLinkBuilder UseTransport(Func<IServiceProvider, IDatagramTransport> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        return Configure(options => options.Transport = open);
    }

    /// <summary>Routes messages of a type to a handler class, made for each message in a scope of its own.</summary>
    /// <typeparam name="THandler">The class. Added as a scoped service unless it is one already.</typeparam>
    /// <param name="type">The messages' type.</param>
    /// <param name="configure">Changes the options of the route: first come <see cref="LinkOptions.Routes"/>, then the section <c>Handlers:</c> and the type, then this.</param>
    /// <returns>This builder.</returns>
    public ReactiveLinkBuilder AddHandler<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        MessageType type, Func<RouteOptions, RouteOptions>? configure = null)
        where THandler : class, IMessageHandler =>
        Add<THandler>(type, static (handler, message, cancellationToken) => handler.HandleAsync(message, cancellationToken), configure);

    /// <summary>Routes messages of a type to a handler class that takes their data as a <typeparamref name="T"/>.</summary>
    /// <typeparam name="THandler">The class. Added as a scoped service unless it is one already.</typeparam>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="type">The messages' type.</param>
    /// <param name="typeInfo">How to read it, from a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>.</param>
    /// <param name="configure">Changes the options of the route, as for the other overload.</param>
    /// <returns>This builder.</returns>
    public ReactiveLinkBuilder AddHandler<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler, T>(
        MessageType type, JsonTypeInfo<T> typeInfo, Func<RouteOptions, RouteOptions>? configure = null)
        where THandler : class, IMessageHandler<T>
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        return Add<THandler>(
            type, (handler, message, cancellationToken) => handler.HandleAsync(Typed(message, message.DataAs(typeInfo)), cancellationToken), configure);
    }

    /// <summary>As the overload with type information, by reflection.</summary>
    /// <typeparam name="THandler">The class. Added as a scoped service unless it is one already.</typeparam>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="type">The messages' type.</param>
    /// <param name="configure">Changes the options of the route, as for the other overload.</param>
    /// <returns>This builder.</returns>
    [RequiresUnreferencedCode(ReflectionWarning)]
    [RequiresDynamicCode(ReflectionWarning)]
    public ReactiveLinkBuilder AddHandler<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler, T>(
        MessageType type, Func<RouteOptions, RouteOptions>? configure = null)
        where THandler : class, IMessageHandler<T> =>
        Add<THandler>(
            type, static (handler, message, cancellationToken) => handler.HandleAsync(Typed(message, message.DataAs<T>()), cancellationToken), configure);

    private static Message<T> Typed<T>(Message message, T? data) =>
        data is null ? throw new JsonException($"The data is null, not a {typeof(T).Name}.") : new Message<T>(message, data);

    private ReactiveLinkBuilder Add<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        MessageType type, Func<THandler, Message, CancellationToken, ValueTask> call, Func<RouteOptions, RouteOptions>? configure)
        where THandler : class
    {
        Services.TryAddScoped<THandler>();
        var registration = new HandlerRegistration(
            type,
            (scope, message, cancellationToken) => call(scope.GetRequiredService<THandler>(), message, cancellationToken),
            configure);
        return Configure(options => options.Handlers.Add(registration));
    }
}
