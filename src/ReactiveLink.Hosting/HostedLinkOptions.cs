using Microsoft.Extensions.Configuration;
using ReactiveLink.Hosting.Handlers;
using ReactiveLink.Hosting.Settings;

namespace ReactiveLink.Hosting;

/// <summary>
/// What a hosted link is made of: its endpoints and its options. Filled in by the configuration section and the functions given to <c>AddReactiveLink</c>, in the order
/// in which they were given; checked when the host starts, every error together.
/// </summary>
public sealed class HostedLinkOptions
{
    /// <summary>
    /// Where the link receives: <c>host:port</c>, <c>[v6]:port</c>, <c>:port</c> for any address, with or without <c>udp://</c>; port 0 for any free one. Default null: a client that is
    /// bound to any free port.
    /// </summary>
    public string? Listen { get; set; }

    /// <summary>The one remote endpoint that a client link sends to and receives from, written likewise. Default null: a listener.</summary>
    public string? Connect { get; set; }

    /// <summary>
    /// The link's options; change them with <c>with</c>. Their endpoints are overwritten with <see cref="Listen"/> and <see cref="Connect"/>. Differences from a link's own defaults: <see cref="LinkOptions.AutoStart"/>
    /// is off, because the host starts the link when all its services have started; the logger factory and, unless it is the system's, the <see cref="TimeProvider"/> are the container's.
    /// </summary>
    public LinkOptions Link { get; set; } = new() { AutoStart = false };

    internal List<string> Errors { get; } = [];

    internal List<HandlerRegistration> Handlers { get; } = [];

    internal List<IConfigurationSection> HandlerSections { get; } = [];

    internal Func<IServiceProvider, IDatagramTransport>? Transport { get; set; }

    internal static bool IsOf(IConfigurationSection section, HandlerRegistration handler) =>
        string.Equals(section.Key, handler.Type.Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>The link's own route options, changed by the sections of the handler's type, then by the handler's function.</summary>
    internal RouteOptions RouteOf(HandlerRegistration handler, List<string> errors)
    {
        var route = HandlerSections
            .Where(section => IsOf(section, handler))
            .Aggregate(Link.Routes, (options, section) => LinkSettings.Route(section, options, errors));
        return handler.Configure is null
            ? route
            : handler.Configure(route) ?? throw new ArgumentException("The function given for its route options returned null; return the options, changed with `with`.", nameof(handler));
    }
}
