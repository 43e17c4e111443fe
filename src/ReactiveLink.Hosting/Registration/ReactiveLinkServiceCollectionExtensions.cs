using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ReactiveLink;
using ReactiveLink.Hosting;
using ReactiveLink.Hosting.Links;
using ReactiveLink.Hosting.Settings;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds links to a host.</summary>
public static class ReactiveLinkServiceCollectionExtensions
{
    /// <summary>
    /// Adds the default link: <see cref="UdpLink"/>, <see cref="IObservable{T}"/> of <see cref="Message"/> and of <see cref="Fault"/> are services. The host opens it, lets it
    /// receive when every hosted service has started, and drains and closes it when it stops.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="section">The link's section of the configuration, or null for none.</param>
    /// <param name="configure">Changes the options after the section; null for none.</param>
    /// <returns>More for this link. Called again, it adds to the same link.</returns>
    public static ReactiveLinkBuilder AddReactiveLink(
        this IServiceCollection services, IConfiguration? section = null, Action<HostedLinkOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (TryAddLink(services, ""))
        {
            services.AddSingleton(static provider => provider.GetRequiredKeyedService<HostedLink>("").Link);
            services.AddSingleton(static provider => provider.GetRequiredService<UdpLink>().Messages);
            services.AddSingleton(static provider => provider.GetRequiredService<UdpLink>().Faults);
        }

        return Configured(new ReactiveLinkBuilder(services, ""), section, configure);
    }

    /// <summary>Adds a link with a name. Its services are those of the default link, with the name as their key: <c>[FromKeyedServices("ground")] UdpLink</c>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name; not empty.</param>
    /// <param name="section">The link's section of the configuration, or null for none.</param>
    /// <param name="configure">Changes the options after the section; null for none.</param>
    /// <returns>More for this link. Called again with the same name, it adds to the same link.</returns>
    public static ReactiveLinkBuilder AddReactiveLink(
        this IServiceCollection services, string name, IConfiguration? section = null, Action<HostedLinkOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (TryAddLink(services, name))
        {
            services.AddKeyedSingleton(name, static (provider, key) => provider.GetRequiredKeyedService<HostedLink>(key).Link);
            services.AddKeyedSingleton(name, static (provider, key) => provider.GetRequiredKeyedService<UdpLink>(key).Messages);
            services.AddKeyedSingleton(name, static (provider, key) => provider.GetRequiredKeyedService<UdpLink>(key).Faults);
        }

        return Configured(new ReactiveLinkBuilder(services, name), section, configure);
    }

    private static bool TryAddLink(IServiceCollection services, string name)
    {
        if (services.Any(service => !service.IsKeyedService && service.ImplementationInstance is LinkName known && known.Name == name))
        {
            return false;
        }

        services.AddSingleton(new LinkName(name));
        services.AddOptions<HostedLinkOptions>(name).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HostedLinkOptions>, HostedLinkValidation>());
        services.AddOptions<LinkHealthOptions>(name).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LinkHealthOptions>, LinkHealthValidation>());
        services.AddKeyedSingleton(name, static (provider, key) => HostedLink.Open(provider, (string)key!));
        services.AddHostedService<HostedLinkService>();
        return true;
    }

    private static ReactiveLinkBuilder Configured(ReactiveLinkBuilder builder, IConfiguration? section, Action<HostedLinkOptions>? configure)
    {
        if (section is not null)
        {
            builder.Bind(section);
        }

        if (configure is not null)
        {
            builder.Configure(configure);
        }

        return builder;
    }
}
