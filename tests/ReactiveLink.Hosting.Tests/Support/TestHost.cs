using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ReactiveLink.Hosting.Tests.Support;

/// <summary>Real generic hosts, with their log kept and nothing on the console.</summary>
internal static class TestHost
{
    public static HostApplicationBuilder Builder(LogLines? log = null, params (string Key, string? Value)[] configuration)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(LogLevel.Trace);
        if (log is not null)
        {
            builder.Logging.Services.AddSingleton<ILoggerProvider>(log);
        }

        builder.Configuration.AddInMemoryCollection(configuration.Select(pair => KeyValuePair.Create(pair.Key, pair.Value)));
        builder.Services.AddSingleton<Journal>();
        builder.Services.AddScoped<ScopeProbe>();
        return builder;
    }

    public static UdpLink Link(this IHost host, string? name = null) => name is null
        ? host.Services.GetRequiredService<UdpLink>()
        : host.Services.GetRequiredKeyedService<UdpLink>(name);

    public static Journal Journal(this IHost host) => host.Services.GetRequiredService<Journal>();

    /// <summary>A client of a link of a host.</summary>
    public static UdpLink ClientOf(UdpLink link) => UdpLink.Connect(FormattableString.Invariant($"127.0.0.1:{link.LocalEndpoint.Port}"));
}
